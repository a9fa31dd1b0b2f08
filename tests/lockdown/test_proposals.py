"""The proposed policies: what they keep and cut, proven by a second encoding; what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from iamlint.aws.catalogue import catalogue
from iamlint.config import settings_for
from iamlint.finding import Proof
from iamlint.lockdown.blocks import Rows, as_text
from iamlint.lockdown.boundaries import GIVING_RIGHTS, Home, granted, listed, proof_of, taken, wide
from iamlint.lockdown.proposals import Proposal, Refused, complaints_about, deny_outside, proposal
from iamlint.lockdown.verification import Check, Lack, Line
from iamlint.model import Policy
from tests import oracle
from tests.lockdown.applier import Snapshot, commands
from tests.lockdown.made import ADMINISTRATOR, CONFIG, EVERYTHING, READ, document, key, lay, run, user
from tests.test_account.made import ID, arn, policy

HOME = Home("aws", ID)
SETTINGS = settings_for()


def allow(*actions: str) -> dict[str, Any]:
    return document({"Effect": "Allow", "Action": list(actions), "Resource": "*"})


def bounded(*actions: str) -> dict[str, Any]:
    entries = granted([Policy(allow(*actions), "identity")], catalogue())
    assert entries is not None
    made = listed(entries, HOME, catalogue())
    assert made is not None
    return made


def test_a_boundary_keeps_what_is_granted_and_cuts_what_gives_rights() -> None:
    made = bounded("s3:Get*", "ec2:DescribeInstances", "iam:ListUsers", "iam:PutUserPolicy", "iam:PassRole")
    assert oracle.new_access([made], [allow("s3:Get*", "ec2:DescribeInstances", "iam:ListUsers")]) is False
    assert oracle.new_access([allow("s3:Get*", "ec2:Describe*", "iam:ListUsers", "iam:PassRole")], [made]) is False
    rights = document({"Effect": "Allow", "NotAction": list(GIVING_RIGHTS), "Resource": "*"})
    for each in (made, wide(HOME)):
        assert oracle.new_access([rights], [each]) is False
        assert not complaints_about(each, "boundary", SETTINGS)
    assert oracle.new_access([rights], [document(EVERYTHING)]) is True


def test_a_boundary_that_cuts_more_is_found_out() -> None:
    made, held = bounded("s3:GetObject"), Policy(allow("s3:GetObject", "s3:PutObject"), "identity")
    assert proof_of([held], made, taken(HOME)).verdict == "incomparable"
    assert proof_of([Policy(allow("s3:GetObject"), "identity")], made, taken(HOME)).verdict == "narrower"
    assert proof_of([Policy(document(EVERYTHING), "identity")], wide(HOME), taken(HOME)).verdict == "narrower"
    assert (
        proof_of([Policy(document(EVERYTHING), "identity")], wide(HOME, True), taken(HOME, True)).verdict == "narrower"
    )
    assert proof_of([Policy(document(EVERYTHING), "identity")], wide(HOME), taken(HOME, True)).verdict != "narrower"


@pytest.mark.parametrize("actions", [("*",), ("iam:*",), ("iam:Put*",), ("i*:Get*",)])
def test_what_cannot_be_listed_without_giving_rights_is_not(actions: tuple[str, ...]) -> None:
    assert granted([Policy(allow(*actions), "identity")], catalogue()) is None


def test_a_long_list_becomes_shorter_service_by_service() -> None:
    actions = [f"{a.qualified}" for s in ("ec2", "s3", "rds") for a in catalogue().expand(f"{s}:*")]
    made = bounded(*actions, "sqs:SendMessage")
    assert len(json.dumps(made, separators=(",", ":"))) <= 6144
    assert oracle.new_access([made], [allow("ec2:RunInstances", "s3:GetObject", "sqs:SendMessage")]) is False
    assert oracle.new_access([made], [allow("sqs:DeleteMessage")]) is True


def test_what_is_too_big_not_clean_or_wider_is_refused() -> None:
    def tried(value: dict[str, Any], verdict: str = "narrower") -> Proposal | Refused:
        return proposal("x", "identity", "x", value, Proof(verdict, "why"), "of x", SETTINGS)

    good = document({"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"})
    assert isinstance(tried(good), Proposal)
    assert isinstance(tried(good, "wider"), Refused)
    assert isinstance(tried(good, "incomparable"), Refused)
    dirty = tried(document(EVERYTHING))
    assert isinstance(dirty, Refused)
    assert "iamlint check" in dirty.reason
    big = tried(
        document({"Effect": "Deny", "Action": "s3:*", "Resource": [f"arn:aws:s3:::{i:060}" for i in range(99)]})
    )
    assert isinstance(big, Refused)
    assert "characters" in big.reason


def test_private_networks_are_no_networks() -> None:
    made = deny_outside(settings_for({"networks": [{"name": "lan", "cidr": "10.0.0.0/8"}]}))
    assert isinstance(made, Refused)
    assert "private" in made.reason


def test_a_broad_policy_within_a_boundary_is_replaced_by_what_it_grants(tmp_path: Path) -> None:
    limit = policy("limit", document(READ))
    entity = user("svc-a", path="/svc/", AttachedManagedPolicies=[{"PolicyName": "A", "PolicyArn": ADMINISTRATOR}])
    entity["AttachedManagedPolicies"][0]["PolicyName"] = "AdministratorAccess"
    entity["PermissionsBoundary"] = {"PermissionsBoundaryArn": limit["Arn"], "PermissionsBoundaryType": "Policy"}
    full = policy("AdministratorAccess", document(EVERYTHING)) | {"Arn": ADMINISTRATOR}
    snapshot = lay(tmp_path / "in", [entity], [key("svc-a", "AKIADEPLOYAAAAAAAAAA")], Policies=[full, limit])
    out = tmp_path / "out"
    assert run(snapshot, "--out", out, config="", folder=tmp_path).exit_code == 0
    todo = [words for words, _ in commands((out / "commands.sh").read_text())]
    verbs = [words[2] for words in todo]
    assert verbs.index("attach-user-policy") < verbs.index("detach-user-policy")
    state = Snapshot(snapshot, out)
    for words in todo:
        state.run(words)
    (attached,) = state.user("svc-a")["AttachedManagedPolicies"]
    new = state.policy(attached["PolicyArn"])["PolicyVersionList"][0]["Document"]
    assert oracle.new_access([document(READ)], [new]) is False
    assert oracle.new_access([new], [document(READ)]) is False


def test_without_evidence_a_broad_policy_stays_and_that_is_said(tmp_path: Path) -> None:
    attached = [{"PolicyName": "AdministratorAccess", "PolicyArn": ADMINISTRATOR}]
    group = {"GroupName": "ops", "Arn": arn("ops", "group"), "AttachedManagedPolicies": attached, "GroupPolicyList": []}
    users = [user("ann", AttachedManagedPolicies=attached), user("bob", GroupList=["ops"])]
    out = tmp_path / "out"
    run(lay(tmp_path / "in", users, [], GroupDetailList=[group]), "--out", out, config="", folder=tmp_path)
    text = (out / "report.txt").read_text()
    assert "replace AdministratorAccess by what is used (what is used is not known: needs --usage)" in text
    assert "(1 member): replace AdministratorAccess by what is used" in text
    assert "detach-user-policy" not in (out / "commands.sh").read_text().replace("undo: aws iam detach", "")


def test_somebody_has_to_stay_administrator(tmp_path: Path) -> None:
    attached = [{"PolicyName": "AdministratorAccess", "PolicyArn": ADMINISTRATOR}]
    users = [user("one", AttachedManagedPolicies=attached), user("two", AttachedManagedPolicies=attached)]
    snapshot = lay(tmp_path / "in", users, [])
    for config, bounded_ in (
        ("", set()),
        ('[environment]\nadministrators = ["nobody"]\n', set()),
        ('[environment]\nadministrators = ["one"]\n', {"--user-name=one", "--user-name=two"}),
        ('[environment]\nbreak-glass = ["one"]\n', {"--user-name=two"}),
    ):
        assert run(snapshot, "--out", tmp_path / "out", config=config, folder=tmp_path).exit_code == 0
        words = [words for words, _ in commands((tmp_path / "out" / "commands.sh").read_text())]
        assert {each[3] for each in words if each[2] == "put-user-permissions-boundary"} == bounded_


def test_an_administrator_may_be_one_but_not_take_off_the_boundary(tmp_path: Path) -> None:
    attached = [{"PolicyName": "AdministratorAccess", "PolicyArn": ADMINISTRATOR}]
    out = tmp_path / "out"
    users = [user("root-like", AttachedManagedPolicies=attached)]
    run(lay(tmp_path / "in", users, []), "--out", out, config=CONFIG, folder=tmp_path)
    (path,) = (out / "policies").glob("iamlint-boundary-administrator-*")
    made = json.loads(path.read_text())
    assert oracle.new_access([made], [allow("iam:CreateUser", "iam:AttachUserPolicy", "s3:DeleteBucket")]) is False
    assert oracle.new_access([made], [allow("iam:DeleteUserPermissionsBoundary")]) is True


def test_tables_are_in_columns() -> None:
    """What is too wide for a column goes on below itself, in the same column; paths stay whole."""
    path = "/very/long/path/" + "x" * 90
    text = as_text([Rows(("a", "b", "c"), (("1", "word " * 40, "end"), ("22", path, "z")))])
    lines = text.splitlines()
    column = lines[0].index("b")
    assert lines[1][column:].startswith("word")
    assert all(line[column:].startswith("word") for line in lines[1:-1])
    assert lines[1].endswith("end")
    assert lines[1].index("end") == lines[0].index("c")
    assert path in lines[-1]


def test_as_few_exports_are_asked_for_as_meet_all_needs() -> None:
    needs = ("credential-report or mfa-devices", "credential-report or access-keys", "account-summary")
    check = Check("x", "y", (), tuple(Lack(need, "") for need in needs))
    assert Line("z", (check,)).verdict == "not checked: needs credential-report, account-summary"
