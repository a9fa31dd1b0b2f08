"""What is drafted for wildcards, open resources and roles: true, within what it replaces, and settled by one run."""

import gzip
import json
import random

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from iamlint.analyse.evaluation import evaluate
from iamlint.analyse.request import Request
from iamlint.analyse.wildcards import matches
from iamlint.aws.catalogue import catalogue
from iamlint.aws.role_takers import role_takers
from iamlint.aws.service_principals import is_known_service_principal, parse_service_principal
from iamlint.cli import main
from iamlint.config import settings_for
from iamlint.engine.registry import load_rules
from iamlint.engine.run import Run
from iamlint.load import load_text
from iamlint.model import Policy
from iamlint.rule.families.action_lists import grouped
from iamlint.syntax.change import changed
from tests.support import corpus

RULES = {
    name: rule
    for name, rule in load_rules().items()
    if name.startswith(("wildcard-", "pass-role-", "create-slr-", "not-action", "not-resource"))
}
ENVIRONMENT = {"accounts": ["111122223333"], "regions": ["eu-west-1"]}

WORDS = st.sampled_from(["Get", "Put", "List", "Bucket", "Object", "Acl", "DB", "Cluster", "V2", "x", "ACL", "s"])
NAMES = st.lists(st.lists(WORDS, min_size=1, max_size=4).map("".join), min_size=1, max_size=12)


@given(NAMES, NAMES)
def test_groups_match_all_that_is_wanted_and_nothing_unwanted(wanted, unwanted):
    unwanted = set(unwanted) - set(wanted)

    def spared(pattern):
        return not any(matches(pattern, name) for name in unwanted)

    entries = grouped(wanted, spared)
    assert all(any(matches(entry, name) for entry in entries) for name in wanted)
    assert not any(matches(entry, name) for entry in entries for name in unwanted)
    assert len(entries) <= len(set(wanted))
    assert "*" not in entries


def test_who_takes_roles_is_known():
    known = catalogue()
    for right in ("iam:PassRole", "iam:CreateServiceLinkedRole"):
        for service, takers in role_takers(right).items():
            for action, principals in takers:
                assert action.startswith(f"{service}:")
                assert known.matches(action), action
                for principal in principals:
                    parsed = parse_service_principal(principal)
                    assert parsed is not None, principal
                    assert is_known_service_principal(parsed, known), principal


def findings(text, rules=RULES, environment=ENVIRONMENT, name="a.json"):
    settings = settings_for(environment=environment)
    run = Run(settings, rules, rewrites=True)
    run.add(load_text(name, text, settings))
    report = run.report()
    assert not report.errors
    return report.findings


def test_nothing_more_is_allowed_than_before():
    """A sample of real policies, each draft asked with the names and ARNs of both texts."""
    rng = random.Random(7)
    path = corpus("corpora/managed-policies/managed-policies.visible.jsonl.gz")
    lines = gzip.decompress(path.read_bytes()).splitlines()
    asked = 0
    for line in lines[::23]:
        entry = json.loads(line)
        for finding in findings(json.dumps(entry["document"])):
            rewrite = finding.rewrite
            if rewrite is None:
                continue
            assert rewrite.proof.verdict in ("equivalent", "narrower", "unproven"), (entry["name"], finding.message)
            before = Policy(entry["document"], "identity")
            after = Policy(changed(before.value, rewrite.made[1]), "identity")
            for request in requests(rng, before, after):
                asked += 1
                if grants(after, request):
                    assert grants(before, request), (entry["name"], request)
            if rewrite.proof.verdict == "narrower":
                shown = Request(**rewrite.proof.witness)
                assert grants(before, shown)
                assert not grants(after, shown)
    assert asked > 500


def grants(policy, request):
    """True iff the policy does its part: where the resource is another account's, that account has a say too."""
    return evaluate(request, [policy]).decision in ("Allowed", "CannotTell")


def requests(rng, *policies, most=30):
    allows = [s for p in policies for s in p.statements if s.allows]
    actions = [item.text for s in allows for item in s.actions]
    resources = [item.text for s in allows for item in (*s.resources, *s.not_resources)]
    for _ in range(most if actions and resources else 0):
        action = rng.choice(actions)
        if "*" in action or "?" in action:
            names = catalogue().names(action.lower())
            action = rng.choice(names) if names else "s3:GetObject"
        resource = rng.choice(resources).replace("*", rng.choice(["x", "a/b"])).replace("?", "z")
        if action.count(":") == 1 and "${" not in resource:
            yield Request("arn:aws:iam::111122223333:user/ann", action, resource)


OPEN = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "Work",
            "Effect": "Allow",
            "Action": ["sqs:*", "lambda:CreateFunction", "iam:PassRole", "ec2:DescribeInstances"],
            "Resource": "*",
        },
        {"Effect": "Allow", "Action": "iam:CreateUser", "Resource": "*"},
    ],
}


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "iamlint.toml").write_text('[environment]\naccounts = ["111122223333"]\n')
    (tmp_path / "a.json").write_text(json.dumps(OPEN, indent=2))
    return tmp_path


def test_one_run_settles_it_and_adds_no_deny(here):
    CliRunner().invoke(main, ["check", "a.json", "--fix", "--unsafe-fixes"])
    text = (here / "a.json").read_text()
    made = json.loads(text)["Statement"]
    assert not any(statement["Effect"] == "Deny" for statement in made)
    assert any(s.get("Condition") == {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}} for s in made)
    assert {"Sid", "Action", "Resource", "Effect"} <= set(made[0])
    assert not any("*" in s["Action"] or "sqs:*" in s["Action"] for s in made)
    again = CliRunner().invoke(main, ["check", "a.json", "--fix", "--unsafe-fixes"])
    assert "fixed" not in again.stderr
    assert (here / "a.json").read_text() == text


def test_placeholders_are_shown_and_not_written(here):
    (here / "iamlint.toml").write_text("")
    (here / "a.json").write_text(text := json.dumps({**OPEN, "Statement": OPEN["Statement"][1]}))
    CliRunner().invoke(main, ["check", "a.json", "--fix", "--unsafe-fixes", "--select", "wildcard-resource"])
    assert (here / "a.json").read_text() == text
    (finding,) = [f for f in findings(text, environment={}) if f.rule == "wildcard-resource"]
    assert finding.rewrite.proof.verdict == "unproven"
    assert "ACCOUNT" in finding.rewrite.edits[0].text
    assert "[environment]" in finding.rewrite.proof.reason


def test_the_account_of_an_export_is_known():
    user = {"UserName": "ann", "Arn": "arn:aws:iam::444455556666:user/ann", "UserId": "AIDAEXAMPLE", "Path": "/"}
    user["UserPolicyList"] = [{"PolicyName": "p", "PolicyDocument": {**OPEN, "Statement": OPEN["Statement"][1]}}]
    export = {"UserDetailList": [user], "GroupDetailList": [], "RoleDetailList": [], "Policies": []}
    found = findings(json.dumps(export), environment={}, name="gaad.json")
    (finding,) = [f for f in found if f.rule == "wildcard-resource"]
    assert finding.rewrite.proof.verdict == "narrower"
    assert "arn:aws:iam::444455556666:user/*" in finding.rewrite.edits[0].text


def test_levels_of_access_are_kept_as_configured():
    settings = settings_for(rule_options={"wildcard-service-action": {"access-levels": ["List", "Read"]}})
    run = Run(settings, {"wildcard-service-action": RULES["wildcard-service-action"]}, rewrites=True)
    document = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}
    run.add(load_text("a.json", json.dumps(document), settings))
    (finding,) = run.report().findings
    entries = json.loads(finding.rewrite.edits[0].text)
    assert finding.rewrite.proof.verdict == "narrower"
    names = {name for entry in entries for name in catalogue().names(entry.lower())}
    assert {catalogue().access_level(*name.split(":")) for name in names} == {"List", "Read"}
    assert "s3:GetObject" in names


@pytest.mark.parametrize("statement", [{"Action": "s3:*"}, {"NotAction": "s3:*"}, {"Action": ["*"] * 3000}])
def test_odd_statements_draft_nothing_wrong(statement):
    document = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Resource": ["*", 7, {}], **statement}}
    for finding in findings(json.dumps(document)):
        assert finding.rewrite is None or finding.rewrite.proof.verdict in ("narrower", "equivalent", "unproven")
