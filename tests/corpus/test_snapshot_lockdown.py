"""Lock-down and register over made-up accounts: exact with all exports, and never wrong where one is absent."""

import shutil
from datetime import date

import pytest

import iamlint
from iamlint.config import Settings
from iamlint.config.register import Entry, Register
from iamlint.engine.registry import load_rules
from iamlint.engine.run import Run
from iamlint.load import Loader
from iamlint.lockdown.run import Wanted, worked_out
from tests.corpus.test_snapshot import generate

OF_POLICIES = [
    "mfa-deny-misses-long-lived-keys",
    "source-ip-deny-breaks-service-calls",
    "trusts-any-principal",
    "role-assumable-by-wildcard",
]
EXPORTS = [
    "gaad.json",
    "credential-report.csv",
    "access-keys.json",
    "access-key-last-used.jsonl",
    "mfa-devices.json",
    "account-summary.json",
    "password-policy.json",
    "service-last-accessed.jsonl",
    "organizations",
]


def arn_of(finding):
    return finding.subject.id if finding.subject else finding.policy.arn or finding.policy.owner


@pytest.mark.parametrize("seed", ["1", "12"])
def test_denies_and_trust(tmp_path, seed):
    """Flawed Denies, public trust, and roles that power users may assume: each that was planted and no other."""
    truth = generate(tmp_path, "--seed", seed)
    report = iamlint.check([tmp_path], isolated=True, rules=OF_POLICIES)
    assert not report.errors
    assert not report.not_checked
    found = {rule: {arn_of(f) for f in report.findings if (f.rule, f.level) == (rule, "full")} for rule in OF_POLICIES}
    policies = truth["policies"]
    assert found == {
        "mfa-deny-misses-long-lived-keys": set(policies["mfa_deny_flawed_bool_without_ifexists"]),
        "source-ip-deny-breaks-service-calls": set(policies["ip_deny_breaks_aws_service_calls"]),
        "trusts-any-principal": set(truth["trust"]["public"]),
        "role-assumable-by-wildcard": set(truth["trust"]["account_root"]) if truth["users"]["power_user"] else set(),
    }


def checks(folder):
    """Of each check of the lines: who it has something against, and whether something was lacking."""
    result = worked_out(Wanted([str(folder)], verify=True), Settings(root="/"))
    every = [check for line in result.lines for check in line.checks]
    return {check.rule: (sorted(check.cases), bool(check.lacks)) for check in every}


def names(cases):
    return {case.who.rpartition("/")[2] for case in cases}


@pytest.mark.parametrize("seed", ["3", "14"])
def test_lines_without_each_export(tmp_path, seed):
    """No line holds, and nothing is held against anybody, that would not with all of them."""
    truth = generate(tmp_path / "in", "--seed", seed, "--users", "80")
    whole = checks(tmp_path / "in")
    with_people_only = {*truth["users"]["no_mfa_with_password"], *truth["users"]["human_no_mfa_with_active_key"]}
    missing = names(whole["user-without-mfa"][0])
    assert missing <= {*with_people_only, *truth["users"]["no_mfa_with_active_key"]}
    assert set(truth["users"]["no_mfa_with_password"]) <= missing
    for rule, key in (
        ("user-without-boundary", "no_boundary"),
        ("boundary-caps-nothing", "boundary_allows_everything"),
    ):
        assert names(whole[rule][0]) == set(truth["users"][key])
    for absent in EXPORTS:
        away = tmp_path / "away"
        shutil.move(tmp_path / "in" / absent, away)
        for rule, (cases, lacks) in checks(tmp_path / "in").items():
            known, _ = whole[rule]
            if absent == "access-keys.json" and "key" in rule:  # keys have no ids then
                assert len(cases) <= len(known)
                assert lacks or len(cases) == len(known), (absent, rule)
            elif rule == "user-without-mfa":  # who is a person is known of fewer, who is a machine too
                assert names(cases) <= {*missing, *truth["users"]["no_mfa_with_active_key"]}
                assert lacks or missing <= names(cases), absent
            else:
                assert set(cases) <= set(known), (absent, rule)
                assert lacks or cases == known, (absent, rule)
        shutil.move(away, tmp_path / "in" / absent)


@pytest.mark.parametrize("absent", [None, "access-keys.json", "credential-report.csv"])
def test_the_register(tmp_path, absent):
    """Of three keys one is not in the register, one is to be reviewed by now, one is fine."""
    truth = generate(tmp_path, "--seed", "8")
    if absent:
        (tmp_path / absent).unlink()
    active = sorted(truth["keys"]["active"])
    entry = Entry("x", (), date(2027, 1, 1), None)
    late = entry._replace(review=date(2026, 10, 1))
    register = Register("", {id_: (entry, late)[n % 3 - 1] for n, id_ in enumerate(active) if n % 3})
    rules = load_rules()
    names = ("undocumented-access-key", "register-review-overdue")
    settings = Settings(root="/", register=register)
    run = Run(settings, {name: rules[name] for name in names})
    for event in Loader(settings).load([str(tmp_path)]):
        run.add(event)
    report = run.report()
    found = {name: sorted(f.subject.id for f in report.findings if f.rule == name) for name in names}
    if absent == "access-keys.json":
        assert found == {name: [] for name in names}
        assert {entry.rule for entry in report.not_checked} == set(names)
    else:
        assert found == {names[0]: active[::3], names[1]: active[2::3]}
        # Of a user without keys the list of keys alone does not speak.
        assert bool(report.not_checked) == (absent == "credential-report.csv")
