"""Lists of other credentials, providers, instance profiles and last-accessed information."""

import json

import pytest

import iamlint
from iamlint.model.fact import Unknown, known
from tests.corpus.test_snapshot import generate
from tests.test_account.made import ID, account, arn, details, user


def listed(member, id_name, *entries):
    return json.dumps({member: [{"UserName": name, id_name: id_, "Status": status} for name, id_, status in entries]})


@pytest.mark.parametrize(
    ("member", "id_name", "export"),
    [
        ("ServiceSpecificCredentials", "ServiceSpecificCredentialId", "service-specific-credentials"),
        ("SSHPublicKeys", "SSHPublicKeyId", "ssh-public-keys"),
        ("Certificates", "CertificateId", "signing-certificates"),
    ],
)
def test_lists_of_credentials(member, id_name, export):
    text = listed(member, id_name, ("ann", "A1", "Active"), ("ann", "A2", "Inactive"), ("ann", "A1", "Active"))
    found = account(details(user("ann"), user("bob")), text)
    ann, bob = found.users
    assert [(each.id, each.active) for each in known(ann.credentials_of(export))] == [("A1", True), ("A2", False)]
    assert isinstance(bob.credentials_of(export), Unknown)  # nobody asked about him
    both = account(details(user("ann"), user("bob")), text, json.dumps({member: []}))
    if member != "Certificates":  # an empty list of that name may be anything
        assert known(both.users[1].credentials_of(export)) == ()
    assert isinstance(account(details(user("ann"))).users[0].credentials_of(export), Unknown)


def test_providers_and_instance_profiles():
    profile = {"InstanceProfileName": "p", "Arn": arn("p", "instance-profile"), "Roles": []}
    role = {"RoleName": "r", "Arn": arn("r", "role"), "InstanceProfileList": [profile]}
    oidc = f"arn:aws:iam::{ID}:oidc-provider/token.actions.githubusercontent.com"
    saml = f"arn:aws:iam::{ID}:saml-provider/corp"
    found = account(
        details(user("ann"), roles=[role]),
        json.dumps({"OpenIDConnectProviderList": [{"Arn": oidc}]}),
        json.dumps({"SAMLProviderList": [{"Arn": saml, "ValidUntil": "2027-01-01T00:00:00Z"}]}),
    )
    assert known(found.providers) == (oidc, saml)
    assert known(found.roles[0].instance_profiles) == (profile["Arn"],)
    assert isinstance(account(details(user("ann"))).providers, Unknown)


def services(**members):
    return {
        "JobStatus": "COMPLETED",
        "ServicesLastAccessed": [
            {"ServiceNamespace": "s3", "LastAuthenticated": "2026-10-01T00:00:00Z"},
            {"ServiceNamespace": "ec2"},
        ],
        **members,
    }


@pytest.mark.parametrize("wrap", [lambda a: {"Arn": arn("ann"), **a}, lambda a: {"Arn": arn("ann"), "Answer": a}])
def test_last_accessed(wrap):
    ann = account(details(user("ann")), json.dumps(wrap(services()))).users[0]
    assert [(use.namespace, use.last is None) for use in known(ann.services)] == [("s3", False), ("ec2", True)]
    for cut in ({"JobStatus": "IN_PROGRESS"}, {"IsTruncated": True}):
        ann = account(details(user("ann")), json.dumps(wrap(services(**cut)))).users[0]
        assert isinstance(ann.services, Unknown)


def test_an_answer_about_nobody_in_particular_is_not_used():
    ann = account(details(user("ann")), json.dumps(services())).users[0]
    assert isinstance(ann.services, Unknown)


@pytest.mark.parametrize("seed", ["1", "2"])
def test_unused_services_come_out(tmp_path, seed):
    truth = generate(tmp_path, "--seed", seed, "--last-accessed", "40")
    report = iamlint.check([tmp_path], isolated=True, rules=["unused-service-permission"])
    assert not report.errors
    found = {f.subject.id: f.arguments for f in report.findings}
    created = {
        entity["Arn"]: entity["CreateDate"]
        for name in ("UserDetailList", "RoleDetailList")
        for entity in json.loads((tmp_path / "gaad.json").read_text())[name]
    }
    old = {who: names for who, names in truth["unused_services"].items() if names and created[who] < "2026-08-01"}
    assert {who: sorted(found[who]["services"]) for who in old} == old
    for who, actions in truth["unused_actions"].items():
        if who in found:
            assert sorted(found[who]["actions"]) == sorted(actions)
    assert set(found) <= set(truth["unused_services"])
