"""Rules of the configuration: what each test reports and where, and how mistakes are told."""

import json

import pytest
from click.testing import CliRunner

from iamlint import check
from iamlint.cli import main
from iamlint.config import ConfigError, load_config
from iamlint.engine.registry import load_rules

HEAD = '[[rule]]\nid = "ours"\nmessage = "this is against our rules"\n'
WITH_VALUE = HEAD.replace("this is", "{value} is")
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Sid": "A", "Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::1:role/app"},
        {"Effect": "Deny", "NotAction": ["s3:Get*", "EC2:*"], "Resource": "*"},
        {
            "Sid": "C",
            "Effect": "Allow",
            "Action": ["s3:GetObject"],
            "Resource": ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"],
            "Condition": {"Bool": {"aws:SecureTransport": True}, "StringEquals": {"aws:RequestedRegion": "eu-west-1"}},
        },
    ],
}


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def pointers(project):
    """Where the rule of a configuration reports something."""

    def _pointers(table, policy=POLICY, kind=None):
        (project / "iamlint.toml").write_text(HEAD + table)
        (project / "policy.json").write_text(json.dumps(policy))
        report = check(["policy.json"], rules=["ours"], policy_kind=kind)
        assert report.errors == ()
        return [f.pointer for f in report.findings]

    return _pointers


@pytest.mark.parametrize(
    ("table", "found"),
    [
        ("selector = '$.Statement[*].NotAction'\ntest = {exists = true}", ["/Statement/1/NotAction"]),
        ("selector = '$..NotAction'\ntest = {exists = true}", ["/Statement/1/NotAction"]),
        ("selector = '$.Statement[*].Sid'\ntest = {absent = true}", ["/Statement/1"]),
        ("selector = '$.Statement[*].Sid'\ntest = {not = {exists = true}}", ["/Statement/1"]),
        ("selector = '$.Statement[*].Sid'\ntest = {absent = true}\neffect = 'Allow'", []),
        ("selector = '$.Id'\ntest = {absent = true}", [""]),
        ("selector = '$.Version'\ntest = {not = {absent = true}}", ["/Version"]),
        ("selector = '$.Version'\ntest = {not = {equals = '2012-10-17'}}", []),
        (
            "selector = '$.Statement[*].Resource[*]'\ntest = {matches-glob = ['arn:aws:s3:::?/*']}",
            ["/Statement/2/Resource/0", "/Statement/2/Resource/1"],
        ),
        (
            "selector = '$.Statement[*].Resource'\ntest = {not = {matches-glob = 'arn:aws:*'}}",
            ["/Statement/1/Resource"],
        ),
        ("selector = '$.Statement[*].NotAction[1]'\ntest = {equals = 'ec2:*'}", []),
        (
            "selector = '$.Statement[*].NotAction[1]'\ntest = {equals = 'ec2:*'}\nignore-case = true",
            ["/Statement/1/NotAction/1"],
        ),
        (
            "selector = '$.Statement[*].Condition.*.\"aws:RequestedRegion\"'\ntest = {in = ['eu-west-1']}",
            ["/Statement/2/Condition/StringEquals/aws:RequestedRegion"],
        ),
        (
            "selector = '$.Statement[*].Condition.Bool.*'\ntest = {equals = true}",
            ["/Statement/2/Condition/Bool/aws:SecureTransport"],
        ),
        ("test = {grants = {actions = ['s3:get?bject']}}", ["/Statement/2/Action/0"]),
        ("test = {grants = {actions = ['iam:pass*']}}", []),  # the Deny of statement 1 blocks it
        ("test = {not = {grants = {actions = ['s3:*']}}}", []),
        ("test = {not = {grants = {actions = ['sts:*']}}}", ["/Statement"]),
        ("selector = '$.Statement[2]'\ntest = {grants = {actions = ['*']}}", ["/Statement/2/Action/0"]),
        ("selector = '$.Statement[*]'\ntest = {grants = {actions = ['s3:*']}}\nkinds = ['scp']", []),
    ],
)
def test_what_is_reported(pointers, table, found):
    assert pointers(table) == found


@pytest.mark.parametrize(
    ("table", "token", "value"),
    [
        ("selector = '$.Statement[*].NotAction'\ntest = {exists = true}", "key", "NotAction"),
        ("selector = '$.Statement[1].NotAction[0]'\ntest = {exists = true}", "value", "s3:Get*"),
        ("selector = '$.Statement[*].Sid'\ntest = {equals = 'A'}", "value", "A"),
        ("test = {grants = {actions = ['s3:*']}}", "value", "s3:GetObject"),
    ],
)
def test_what_is_marked_and_said(project, table, token, value):
    (project / "iamlint.toml").write_text(WITH_VALUE + table)
    (project / "policy.json").write_text(json.dumps(POLICY))
    (finding,) = check(["policy.json"], rules=["ours"]).findings
    assert (finding.token, finding.message) == (token, f"`{value}` is against our rules")


@pytest.mark.parametrize("table", ["selector = '$.Statement[*].Action[*]'\ntest = {matches-glob = 'iam:*'}"])
def test_a_list_of_one_is_its_entry(pointers, table):
    lone = {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}
    spellings = [
        {"Statement": lone},
        {"Statement": [lone]},
        {"Statement": {**lone, "Action": ["iam:PassRole"]}},
        {"Statement": [{**lone, "Action": ["iam:PassRole"]}]},
    ]
    assert [len(pointers(table, spelling)) for spelling in spellings] == [1, 1, 1, 1]


@pytest.mark.parametrize(
    "value", [None, 7, "x", [], {}, {"Statement": 7}, {"Statement": [None, {"Action": {"a": [1]}}]}]
)
def test_any_json_goes_through(pointers, value):
    for test in ("exists = true", "absent = true", "in = ['a']", "matches-glob = '*'"):
        pointers(f"selector = '$.Statement[*].Action[*]'\ntest = {{{test}}}", value, kind="identity")
    pointers("test = {grants = {actions = ['*']}}", value, kind="identity")
    pointers("selector = '$.Statement[-1:]'\ntest = {not = {grants = {actions = ['*']}}}", value, kind="identity")


@pytest.mark.parametrize(
    ("table", "line", "words"),
    [
        ("test = {exists = true}", 1, "needs a selector"),
        ("selector = '$.a'\n", 1, "exactly one of"),
        ("selector = '$.a'\ntest = {exist = true}", 5, "exactly one of"),
        ("selector = '$.a'\ntest = {exists = true, absent = true}", 5, "exactly one of"),
        ("selector = '$.a'\ntest = {exists = false}", 5, "`exists = true`"),
        ("selector = '$.a'\ntest = {not = {equals = {a = 1}}}", 5, "must be a string"),
        ("selector = '$.a['\ntest = {exists = true}", 4, "is no JSONPath"),
        ("selector = '$.a.`parent`'\ntest = {exists = true}", 4, "is not known here"),
        ("selector = '$.a'\ntest = {exists = true}\nselectr = 1", 6, "did you mean `selector`?"),
        ("selector = '$.a'\ntest = {exists = true}\nseverity = 'error'", 6, "AWS refuses"),
        ("selector = '$.a'\ntest = {exists = true}\nkinds = ['iam']", 6, "no kind of policy"),
        ("selector = '$.a'\neffect = 'Allow'\ntest = {exists = true}", 5, "begin with"),
        ("test = {grants = {actions = ['PassRole']}}", 4, "no pattern of actions"),
        ("test = {grants = {action = ['*']}}", 4, "needs patterns of actions"),
        ("selector = '$.Statement[*].Action'\ntest = {grants = {actions = ['*']}}", 4, "looks at statements"),
        ("selector = '$.a'\ntest = {absent = true}", 3, "there is no {value}"),
        ("selector = '$.a'\ntest = {equals = ['a', 'b']}", 5, "write `in`"),
    ],
)
def test_mistakes_have_a_line(project, table, line, words):
    (project / "iamlint.toml").write_text(WITH_VALUE + table)
    result = CliRunner().invoke(main, ["check", "."])
    assert result.exit_code == 2
    assert f"iamlint.toml:{line}: " in result.output
    assert words in result.output


@pytest.mark.parametrize("id_", ["Wildcard", "wildcard-action", "a_b", "-a", ""])
def test_ids_are_words_of_their_own(project, id_):
    table = HEAD.replace("ours", id_) + "selector = '$.a'\ntest = {exists = true}"
    (project / "iamlint.toml").write_text(table)
    with pytest.raises(ConfigError, match=r"iamlint\.toml:2: "):
        load_rules(load_config("."))


def test_two_tables_cannot_have_one_id(project):
    (project / "iamlint.toml").write_text((HEAD + "selector = '$.a'\ntest = {exists = true}\n") * 2)
    with pytest.raises(ConfigError, match=r"iamlint\.toml:7: there is already a rule ours"):
        load_rules(load_config("."))


def test_a_rule_like_any_other(project):
    table = "selector = '$.Statement[*].NotAction'\ntest = {exists = true}\nseverity = 'suggestion'\nwhy = 'Because.'\n"
    (project / "iamlint.toml").write_text(HEAD + table)
    (project / "policy.json").write_text(json.dumps(POLICY))
    invoke = CliRunner().invoke
    assert "ours " in invoke(main, ["rules"]).output
    page = invoke(main, ["rule", "ours"]).output
    assert "Because." in page
    assert "suggestion" in page
    assert "# Reported" not in page
    assert "ours" not in invoke(main, ["check", ".", "--ignore", "ours"]).output
    excepted = '[[exceptions]]\nrule = "ours"\npath = "policy.json"\nreason = "Agreed."\n'
    (project / "other.toml").write_text(HEAD + table + excepted)
    assert "ours" not in invoke(main, ["check", ".", "--config", "other.toml"]).output
    run = json.loads(invoke(main, ["check", ".", "--select", "ours", "--output-format", "sarif"]).output)["runs"][0]
    assert [result["ruleId"] for result in run["results"]] == ["ours"]
    (descriptor,) = run["tool"]["driver"]["rules"]
    assert "Because." in descriptor["help"]["markdown"]
    assert all(descriptor[name]["text"] for name in ("shortDescription", "fullDescription", "help"))


def test_too_much_work_is_said(project):
    (project / "iamlint.toml").write_text(HEAD + "selector = '$..*..*..*'\ntest = {equals = 'x'}\n")
    nested = {
        "Statement": [{"Effect": "Allow", "Action": [["a"] * 300] * 300, "Resource": "*"}],
        "Version": "2012-10-17",
    }
    (project / "policy.json").write_text(json.dumps(nested))
    report = check(["policy.json"], rules=["ours"])
    (error,) = report.errors
    assert (error.kind, error.rule) == ("input", "ours")
    assert "did not check this file to its end" in error.message
    assert CliRunner().invoke(main, ["check", "--select", "ours"]).exit_code == 2


@pytest.mark.parametrize(
    ("statements", "reported"),
    [
        (  # two denials that take all together, neither alone
            '{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}},'
            '{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"BoolIfExists":{"aws:SecureTransport":"false"}}}',
            [],
        ),
        (
            '{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}',
            ["/Statement/0/Action"],
        ),
    ],
)
def test_what_is_granted_is_decided(pointers, statements, reported):
    allow = '{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}'
    value = f'{{"Version":"2012-10-17","Statement":[{allow},{statements}]}}'
    assert pointers("test = {grants = {actions = ['s3:*']}}", json.loads(value), kind="identity") == reported


def test_a_condition_that_nothing_meets_grants_nothing(pointers):
    block = '{"StringEquals":{"aws:RequestedRegion":"eu-west-1"},"StringNotLike":{"aws:RequestedRegion":"eu-*"}}'
    value = (
        '{"Version":"2012-10-17","Statement":'
        f'[{{"Effect":"Allow","Action":"s3:Get*","Resource":"*","Condition":{block}}}]}}'
    )
    assert pointers("test = {grants = {actions = ['s3:*']}}", json.loads(value), kind="identity") == []
