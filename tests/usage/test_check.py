"""`iamlint check --usage`: policies become what their holders were seen to use, and nothing that was seen is lost."""

import json

import pytest
from click.testing import CliRunner

pytest.importorskip("duckdb", reason="the extra `usage` is not installed")

from iamlint.analyse import compare, evaluate
from iamlint.cli.check import check
from iamlint.model import Policy
from iamlint.usage.evidence import LOGGED_APART, NEVER, is_use, requests
from iamlint.usage.table import write
from tests.usage.test_evidence import USER, allow, policy, row

OBJECT = "arn:aws:s3:::reports/a"
OTHER = "arn:aws:iam::111122223333:role/batch"
ROWS = [
    row("s3:GetObject", "arn:aws:s3:::reports/2026/a.csv"),
    row("ec2:DescribeInstances"),
    row("s3:PutObject", "arn:aws:s3:::batch/x", principal=OTHER, mfa=False),
    row("ec2:RunInstances", "arn:aws:ec2:eu-west-1:111122223333:instance/*", principal=OTHER, mfa=False),
]
BROAD = [allow(["s3:*", "ec2:*"])]


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder to work in; what is asked for is run there, with the table in `usage.jsonl`."""
    write(ROWS, str(tmp_path / "usage.jsonl"), str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def text_of(*statements):
    return json.dumps(policy(*statements).value, indent=2)


def run(*arguments, table="usage.jsonl"):
    return CliRunner().invoke(check, [*arguments, "--usage", table, "--no-cache"])


def fixed(place, text, *arguments):
    (place / "p.json").write_text(text)
    done = run("p.json", "--fix", *arguments)
    assert done.exit_code in (0, 1), done.output
    return Policy(json.loads((place / "p.json").read_text()), "identity")


def allowed(after, rows=ROWS):
    return {(each.principal, each.action) for each in requests(filter(is_use, rows)) if evaluate(each, [after]).allowed}


def test_a_policy_becomes_what_its_holder_used(place):
    after = fixed(place, text_of(*BROAD), "--isolated", "--holder", USER)
    assert allowed(after) == {(USER, "s3:GetObject"), (USER, "ec2:DescribeInstances")}
    assert compare(policy(*BROAD), after).verdict == "no-new-access"
    assert '"arn:aws:s3:::reports/*"' in json.dumps(after.value)


def test_without_holders_what_anybody_used_stays(place):
    after = fixed(place, text_of(*BROAD), "--isolated")
    assert allowed(after) == {(each.principal, each.action) for each in ROWS}
    assert after.value != policy(*BROAD).value


def test_a_boundary_that_caps_nothing_becomes_what_its_holder_used(place):
    (place / "b.json").write_text(text_of(allow("*")))
    kind = ("--isolated", "--policy-kind", "boundary")
    assert run("b.json", *kind, "--holder", USER, "--fix").exit_code in (0, 1)
    after = Policy(json.loads((place / "b.json").read_text()), "boundary")
    assert allowed(after) == {(USER, "s3:GetObject"), (USER, "ec2:DescribeInstances")}
    assert "boundary-caps-nothing" not in run("b.json", *kind).output


def test_the_configuration_names_holders(place):
    (place / "iamlint.toml").write_text(f"[usage.holders]\n'p.*' = '{USER}'\n'other/*' = ['{OTHER}']\n")
    assert {action for _, action in allowed(fixed(place, text_of(*BROAD)))} == {"s3:GetObject", "ec2:DescribeInstances"}


def test_nothing_is_taken_from_who_is_not_in_the_table_or_has_to_be_ready(place):
    unseen = "arn:aws:iam::111122223333:role/unseen"
    assert fixed(place, text_of(*BROAD), "--isolated", "--holder", unseen).value == policy(*BROAD).value
    (place / "iamlint.toml").write_text("[environment]\nbreak-glass = ['reader']\n")
    assert fixed(place, text_of(*BROAD), "--holder", USER).value == policy(*BROAD).value


def test_actions_that_are_to_be_kept_are_kept(place):
    (place / "iamlint.toml").write_text("[usage]\nkeep-actions = ['ec2:Stop*']\n")
    after = fixed(place, text_of(*BROAD), "--holder", USER)
    (stop,) = requests([row("ec2:StopInstances")])
    (reboot,) = requests([row("ec2:RebootInstances")])
    assert evaluate(stop, [after]).allowed
    assert not evaluate(reboot, [after]).allowed


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("[usage.holders]\n'a/*' = ['ann']\n", "users or roles"),
        ("[usage]\nkeep-actions = ['*']\n", "no pattern of one service's actions"),
        ("[usage]\nkep-actions = ['s3:*']\n", "did you mean `keep-actions`"),
    ],
)
def test_mistakes_in_the_configuration(place, config, message):
    (place / "iamlint.toml").write_text(config)
    (place / "p.json").write_text(text_of(*BROAD))
    done = run("p.json")
    assert done.exit_code == 2
    assert message in done.output


def test_it_is_told_what_would_be_denied(place):
    (place / "p.json").write_text(text_of(allow(["ec2:*", "iam:*"])))
    done = run("p.json", "--isolated", "--output-format", "json")
    findings = json.loads(done.output)["findings"]
    found = {each["rule"]: each["rewrite"] for each in findings if each["rewrite"]}
    assert found["missing-mfa-deny"]["denied"] == 6
    assert found["broad-managed-policy"]["denied"] == 0
    assert "2026-05-01 to 2026-05-02" in found["broad-managed-policy"]["title"]
    assert "of the observed calls it denies 6" in run("p.json", "--isolated", "--rewrites").output
    assert "missing-mfa-deny 1" not in run("p.json", "--isolated", "--diff").output


def test_a_denial_is_not_applied_where_the_trail_logs_nothing_of_what_it_denies(place):
    """The table has no event of objects: that none was denied tells nothing."""
    rows = [row("ec2:DescribeInstances", mfa=True), row("iam:ListUsers", mfa=True)]
    write(rows, str(place / "mfa.jsonl"), str(place))
    logged, unlogged = allow(["ec2:Describe*", "iam:*"]), allow(["ec2:Describe*", "iam:*", "s3:GetObject"])
    for statement, want in ((logged, True), (unlogged, False)):
        (place / "p.json").write_text(text_of(statement))
        done = CliRunner().invoke(
            check, ["p.json", "--isolated", "--select", "missing-mfa-deny", "--fix", "--usage", "mfa.jsonl"]
        )
        assert ("fixed 1 finding" in done.output) is want, done.output


def test_in_an_export_each_holder_has_its_own(place):
    """The same text in two hands is narrowed to what each of them used, groups are their members."""
    document = policy(*BROAD).value
    inline = [{"PolicyName": "own", "PolicyDocument": document}]
    group = "arn:aws:iam::111122223333:group/readers"
    export = {
        "UserDetailList": [{"UserName": "reader", "Path": "/apps/", "Arn": USER, "GroupList": ["readers"]}],
        "RoleDetailList": [{"RoleName": "batch", "Path": "/", "Arn": OTHER, "RolePolicyList": inline}],
        "GroupDetailList": [{"GroupName": "readers", "Path": "/", "Arn": group, "GroupPolicyList": inline}],
    }
    (place / "gaad.json").write_text(json.dumps(export))
    done = run("gaad.json", "--isolated", "--output-format", "json")
    titles = {
        each["policy"]["owner"]: each["rewrite"]["title"]
        for each in json.loads(done.output)["findings"]
        if each["rule"] == "wildcard-service-action"
    }
    assert USER in titles[group]
    assert OTHER in titles[OTHER]


def test_addresses_in_no_network(place):
    """Those that are not named are told for the user; refused calls, sessions of roles and services do not count."""
    rows = [
        row("s3:GetObject", OBJECT, source_address="203.0.113.7"),
        row("s3:GetObject", OBJECT, source_address="198.51.100.9", last_seen="2026-06-03T00:00:00Z"),
        row("s3:GetObject", OBJECT, source_address="192.0.2.1", denied=True),
        row("s3:GetObject", OBJECT, source_address="192.0.2.2", principal=OTHER),
        row("s3:GetObject", OBJECT, source_address="10.0.0.4", vpc_endpoint="vpce-1"),
        row("s3:GetObject", OBJECT, source_address="ecs.amazonaws.com", via="ecs.amazonaws.com"),
    ]
    write(rows, str(place / "seen.jsonl"), str(place))
    (place / "iamlint.toml").write_text("[[environment.networks]]\nname = 'office'\ncidr = '203.0.113.0/24'\n")
    user = {"UserName": "reader", "Path": "/apps/", "Arn": USER}
    (place / "gaad.json").write_text(json.dumps({"UserDetailList": [user]}))
    select = ("gaad.json", "--select", "undocumented-source-ip", "--output-format", "json")
    report = json.loads(run(*select, table="seen.jsonl").output)
    (finding,) = report["findings"]
    assert finding["subject"]["id"] == USER
    assert finding["arguments"] == {"networks": ["198.51.100.9/32"], "keys": ["AKIA" + "A" * 16], "calls": 3}
    assert "2026-06-03" in finding["message"]
    assert not report["not_checked"]
    without = json.loads(CliRunner().invoke(check, select).output)
    assert [each["needs"] for each in without["not_checked"]] == ["usage"]
    assert not json.loads(run(*select, "--isolated", table="seen.jsonl").output)["findings"]


def test_results_of_earlier_runs_are_not_asked(place, monkeypatch, tmp_path_factory):
    """What is proposed depends on the table: another one, and a run without one, get another answer."""
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    cache = tmp_path_factory.mktemp("cache")
    cache.chmod(0o700)
    write(ROWS[:2], str(place / "fewer.jsonl"), str(place))
    (place / "p.json").write_text(text_of(*BROAD))
    options = ("p.json", "--isolated", "--output-format", "json", "--cache-dir", str(cache))
    found = []
    for more in ((), ("--usage", "usage.jsonl"), ("--usage", "fewer.jsonl"), ()):
        done = CliRunner().invoke(check, [*options, *more])
        found.append(json.loads(done.stdout)["findings"])
    assert found[0] == found[3]
    titles = [[each["rewrite"]["title"] for each in findings if each["rewrite"]] for findings in found[:3]]
    assert titles[0] != titles[1] != titles[2] != titles[0]


def test_what_is_no_table_and_no_holder(place):
    (place / "p.json").write_text(text_of(*BROAD))
    (place / "other.jsonl").write_text('{"a": 1}\n')
    for table, arguments, message in (
        ("other.jsonl", (), "not a usage table"),
        ("missing.parquet", (), "missing.parquet"),
        ("p.json", (), "not a usage table"),
        ("usage.jsonl", ("--holder", "ann"), "--holder"),
    ):
        done = run("p.json", "--isolated", *arguments, table=table)
        assert done.exit_code == 2, done.output
        assert message in done.output
    alone = CliRunner().invoke(check, ["p.json", "--isolated", "--holder", USER])
    assert "--holder needs --usage" in alone.output


def test_what_is_kept_can_be_granted():
    """Each pattern that stays for not being logged is one of AWS's actions."""
    from iamlint.api import check_text

    for pattern in (*NEVER, *(each for patterns in LOGGED_APART.values() for each in patterns)):
        found = check_text(text_of(allow(pattern)), policy_kind="identity").findings
        assert not [each for each in found if each.severity.value == "error"], pattern
