"""What is known of an account from which exports, and that nothing unknown passes for a fact."""

import json
from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from iamlint.model.fact import NotKnown, Unknown, known
from tests.test_account.made import (
    ALLOW,
    HEADER,
    ID,
    NO_KEY,
    ROOT,
    account,
    accounts,
    arn,
    details,
    policy,
    report,
    report_json,
    row,
    user,
)

KEY = "true,2026-01-01T00:00:00Z,2026-10-01T00:00:00Z,eu-west-1,s3"
UNUSED = "true,2026-01-01T00:00:00Z,N/A,N/A,N/A"
INACTIVE = "false,2025-01-01T00:00:00Z,2025-06-01T00:00:00Z,N/A,s3"


def day(year, month, date):
    return datetime(year, month, date, tzinfo=UTC)


@pytest.mark.parametrize(
    "use", [bool, len, list, lambda x: x == 1, lambda x: x < 1, lambda x: 1 in x, lambda x: x[0], hash, lambda x: x + 1]
)
def test_nothing_takes_unknown_for_a_value(use):
    with pytest.raises(NotKnown):
        use(Unknown("credential-report"))


def test_only_the_report_tells_of_passwords_and_mfa():
    only = account(details(user("ann"))).users[0]
    assert known(only.boundary) is None
    for fact in (only.has_mfa, only.has_password, only.keys, only.password_last_used, only.certificates):
        assert isinstance(fact, Unknown)
    with pytest.raises(NotKnown) as lack:
        known(only.has_mfa)
    assert lack.value.needs == ("credential-report", "mfa-devices")
    both = account(details(user("ann")), report(ROOT, row("ann"))).users[0]
    assert (both.has_mfa, both.has_password, both.keys, both.certificates) == (False, False, (), ())


def test_the_report_alone_knows_no_policies():
    found = account(report(ROOT, row("ann")))
    assert [u.name for u in found.users] == ["ann"]
    assert isinstance(found.users[0].boundary, Unknown)
    assert isinstance(found.users[0].attached, Unknown)
    assert isinstance(found.documents(found.users[0]), Unknown)
    assert found.users[0].created == day(2024, 1, 1)


def test_keys_of_the_report():
    found = account(report(row("ann", one=INACTIVE, two=UNUSED), row("ben"), row("cy", one=KEY)))
    ann, ben, cy = (known(u.keys) for u in found.users)
    assert [(k.number, k.active, k.last_used, k.id) for k in ann] == [
        (1, False, day(2025, 6, 1), None),
        (2, True, None, None),
    ]
    assert ben == ()
    assert known(cy[0].since) == day(2026, 1, 1)
    assert cy[0].last_used_service == "s3"
    assert cy[0].subject_id == f"{arn('cy')}#1"


@pytest.mark.parametrize("spelling", [str.lower, str.upper])
def test_spellings_of_the_report(spelling):
    header = f"index,{HEADER},additional_credentials_info"
    cells = row("ann", mfa=spelling("true"), one=f"{spelling('false')},2025-01-01T00:00:00+00:00,N/A,N/A,N/A")
    found = account(f"\ufeff{header}\r\n0,{cells},\r\n".removeprefix("\ufeff")).users[0]
    assert found.has_mfa is True
    assert [(k.active, k.rotated, k.last_used) for k in known(found.keys)] == [(False, day(2025, 1, 1), None)]


def test_words_of_the_report():
    password = "true,no_information,2025-05-05T00:00:00Z,N/A"
    ann = account(report(row("ann", password=password))).users[0]
    assert (ann.has_password, ann.password_last_used, ann.password_changed) == (True, None, day(2025, 5, 5))
    odd = account(report(row("ann", password="not_supported,not_supported,N/A,N/A"))).users[0]
    assert isinstance(odd.has_password, Unknown)
    assert isinstance(odd.password_last_used, Unknown)


def test_columns_may_be_missing():
    ann = account("user,arn,mfa_active,access_key_1_active,access_key_2_active\nann,a,true,true,false").users[0]
    assert ann.has_mfa is True
    assert isinstance(ann.keys, Unknown)  # an inactive key looks like none without its dates
    assert isinstance(ann.has_password, Unknown)


def test_root():
    found = account(report(ROOT, row("ann")))
    assert (found.root.has_mfa, found.root.has_access_key, found.root.keys) == (True, False, ())
    assert found.root.password_last_used == day(2026, 9, 22)
    assert [u.name for u in found.users] == ["ann"]
    summary = json.dumps({"SummaryMap": {"AccountMFAEnabled": 0, "AccountAccessKeysPresent": 1, "Users": 3}})
    other = account(details(user("ann")), summary)
    assert (other.root.has_mfa, other.root.has_access_key) == (False, True)
    assert isinstance(other.root.keys, Unknown)
    assert known(other.summary)["Users"] == 3
    assert isinstance(account(details(user("ann"))).root.has_mfa, Unknown)


def test_the_json_report_has_the_time():
    found = account(report_json(ROOT, row("ann")), details(user("ann")))
    assert found.as_of == day(2026, 11, 1)
    assert account(report_json(row("ann")), as_of=day(2026, 1, 1)).as_of == day(2026, 1, 1)
    assert account(report(row("ann", one=KEY))).as_of == day(2026, 10, 1)


def test_keys_are_joined_by_time():
    keys = json.dumps(
        {
            "AccessKeyMetadata": [
                {"UserName": "ann", "AccessKeyId": "AKIA2", "Status": "Active", "CreateDate": "2026-01-01T00:00:00Z"},
                {"UserName": "ann", "AccessKeyId": "AKIA1", "Status": "Inactive", "CreateDate": "2024-01-01T00:00:00Z"},
            ]
        }
    )
    found = account(details(user("ann")), report(row("ann", one=INACTIVE, two=UNUSED)), keys).users[0]
    assert [(k.id, k.number, k.active, k.since, k.last_used) for k in known(found.keys)] == [
        ("AKIA2", 2, True, day(2026, 1, 1), None),
        ("AKIA1", 1, False, day(2024, 1, 1), day(2025, 6, 1)),
    ]


def test_keys_that_cannot_be_told_apart_stay_apart():
    keys = [
        {"UserName": "ann", "AccessKeyId": f"AKIA{n}", "Status": "Active", "CreateDate": "2026-01-01T00:00:00Z"}
        for n in (1, 2)
    ]
    found = account(report(row("ann", one=UNUSED, two=KEY)), json.dumps({"AccessKeyMetadata": keys})).users[0]
    assert [(k.id, k.number) for k in known(found.keys)] == [("AKIA1", None), ("AKIA2", None)]
    assert all(isinstance(k.last_used, Unknown) for k in known(found.keys))


def test_a_list_of_keys_is_no_proof_for_others():
    keys = json.dumps({"AccessKeyMetadata": [{"UserName": "ann", "AccessKeyId": "AKIA1", "Status": "Active"}]})
    ann, ben = account(details(user("ann"), user("ben")), keys).users
    assert [k.active for k in known(ann.keys)] == [True]
    assert isinstance(ben.keys, Unknown)
    every = keys + '{"AccessKeyMetadata": []}'  # an answer for each user
    assert account(details(user("ann"), user("ben")), every).users[1].keys == ()


def test_last_use_by_id_by_file_name_and_by_user():
    keys = json.dumps({"AccessKeyMetadata": [{"UserName": "ann", "AccessKeyId": "AKIA1", "Status": "Active"}]})
    used = {"LastUsedDate": "2026-05-05T00:00:00Z", "ServiceName": "s3", "Region": "N/A"}
    answer = {"UserName": "ann", "AccessKeyLastUsed": used}
    for text in (
        json.dumps({"AccessKeyId": "AKIA1", **answer}),
        json.dumps({"AccessKeyId": "AKIA1", "Answer": answer}, indent=4),
        json.dumps(answer),
    ):
        key = known(account(details(user("ann")), keys, text).users[0].keys)[0]
        assert (key.last_used, key.last_used_service) == (day(2026, 5, 5), "s3")
    keys = keys.replace("AKIA1", "AKIA1234567890123456")
    named = account(details(user("ann")), keys, snapshot__AKIA1234567890123456=json.dumps(answer))
    assert known(named.users[0].keys)[0].last_used == day(2026, 5, 5)
    never = json.dumps({"AccessKeyId": "AKIA1234567890123456", "AccessKeyLastUsed": {"ServiceName": "N/A"}})
    assert known(account(details(user("ann")), keys, never).users[0].keys)[0].last_used is None


def test_virtual_devices_prove_presence_only():
    virtual = json.dumps(
        {"VirtualMFADevices": [{"SerialNumber": f"arn:aws:iam::{ID}:mfa/ann", "User": {"UserName": "ann"}}]}
    )
    ann, ben = account(details(user("ann"), user("ben")), virtual).users
    assert ann.has_mfa is True
    assert isinstance(ben.has_mfa, Unknown)
    per_user = '{"MFADevices": [{"UserName": "ann", "SerialNumber": "arn:aws:iam::111122223333:u2f/user/ann/k"}]}'
    ann, ben = account(details(user("ann"), user("ben")), per_user + '{"MFADevices": []}').users
    assert [d.kind for d in known(ann.mfa_devices)] == ["u2f"]
    assert ben.has_mfa is False


def test_a_user_of_the_report_who_is_gone():
    joined = accounts(details(user("ann")), report(row("ann"), row("gone")))
    assert [u.name for u in joined.accounts[0].users] == ["ann"]
    assert any("gone" in note for note in joined.notes)


def test_a_namesake_who_was_deleted_lends_no_facts():
    ann = user("ann", CreateDate="2026-05-01T00:00:00Z")
    found = account(details(ann), report(row("ann", created="2020-01-01T00:00:00Z", mfa="true"))).users[0]
    assert isinstance(found.has_mfa, Unknown)
    same = account(details(ann), report(row("ann", created="2026-05-01T00:00:00+00:00", mfa="true"))).users[0]
    assert same.has_mfa is True


@pytest.mark.parametrize(
    "dress", [lambda d: d, json.dumps, lambda d: quote(json.dumps(d), safe=""), lambda d: json.dumps(json.dumps(d))]
)
def test_documents_in_every_dress(dress):
    ann = user("ann", UserPolicyList=[{"PolicyName": "p", "PolicyDocument": dress(ALLOW)}])
    found = account(details(ann))
    (text,) = known(found.documents(found.users[0]))
    assert [a.text for a in text.policy.statements[0].actions] == ["s3:GetObject"]


def test_the_version_in_force_counts():
    other = {"Version": "2012-10-17", "Statement": []}
    versions = [
        {"VersionId": "v2", "IsDefaultVersion": False, "Document": other},
        {"VersionId": "v1", "IsDefaultVersion": True, "Document": ALLOW},
    ]
    found = account(details(policies=[policy("p", PolicyVersionList=versions)]))
    assert known(found.policies[0].document).policy.value == ALLOW
    assert [v.is_default for v in found.policies[0].versions] == [False, True]


def test_attachments_groups_and_boundaries():
    ann = user(
        "ann",
        GroupList=["ops"],
        AttachedManagedPolicies=[{"PolicyName": "p", "PolicyArn": arn("p", "policy")}],
        PermissionsBoundary={"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn("b", "policy")},
    )
    ops = {
        "GroupName": "ops",
        "Arn": arn("ops", "group"),
        "GroupPolicyList": [{"PolicyName": "i", "PolicyDocument": ALLOW}],
    }
    joined = accounts(details(ann, groups=[ops], policies=[policy("p"), policy("b")]))
    found = joined.accounts[0]
    p, b = found.policies
    assert (p.attached_to, p.bounds, b.attached_to, b.bounds) == ((arn("ann"),), (), (), (arn("ann"),))
    assert [d.kind for d in joined.documents["snapshot/0.json"]] == ["identity", "identity", "boundary"]
    assert len(known(found.documents(found.users[0]))) == 2
    assert len({d.key for d in known(found.documents(found.users[0]))}) == 1


def test_what_is_not_in_the_export_is_unknown():
    ann = user("ann", AttachedManagedPolicies=[{"PolicyName": "p", "PolicyArn": "arn:aws:iam::aws:policy/p"}])
    found = account(details(ann))
    assert isinstance(found.documents(found.users[0]), Unknown)
    lost = account(details(user("ben", GroupList=["nowhere"])))
    assert isinstance(lost.documents(lost.users[0]), Unknown)


def test_pages_overlap_and_the_last_may_be_missing():
    first = details(user("ann"), user("ben"), IsTruncated=True, Marker="m")
    last = details(user("ben"), user("cy"), IsTruncated=False)
    joined = accounts(first, last)
    assert [u.name for u in joined.accounts[0].users] == ["ann", "ben", "cy"]
    assert joined.accounts[0].incomplete == frozenset()
    cut = accounts(first)
    assert cut.accounts[0].incomplete == {"account-authorization-details"}
    assert any("incomplete export: snapshot/0.json" in note for note in cut.notes)
    # Whoever is on the page that is missing is no deleted user.
    assert [u.name for u in accounts(first, report(row("cy"))).accounts[0].users] == ["ann", "ben", "cy"]


def test_lists_may_be_missing():
    found = account(json.dumps({"RoleDetailList": [{"RoleName": "r", "Arn": arn("r", "role")}]}), report(row("ann")))
    assert [u.name for u in found.users] == ["ann"]
    assert isinstance(found.users[0].boundary, Unknown)
    assert found.incomplete == {"account-authorization-details"}


def test_several_accounts_in_one_folder():
    other = "444455556666"
    joined = accounts(details(user("ann"), user("zoe", account=other)), report(row("ann", mfa="true")))
    assert [(a.id, [u.name for u in a.users]) for a in joined.accounts] == [(ID, ["ann"]), (other, ["zoe"])]
    assert joined.accounts[0].users[0].has_mfa is True
    assert isinstance(joined.accounts[1].users[0].has_mfa, Unknown)


def test_lists_without_account_go_by_folder():
    keys = '{"AccessKeyMetadata": [{"UserName": "ann", "AccessKeyId": "AKIA1", "Status": "Active"}]}'
    other = "444455556666"
    joined = accounts(
        a__details=details(user("ann")), b__details=details(user("ann", account=other)), b__keys__list=keys
    )
    mine, theirs = joined.accounts
    assert isinstance(mine.users[0].keys, Unknown)
    assert [k.id for k in known(theirs.users[0].keys)] == ["AKIA1"]
    unclear = accounts(details(user("ann"), user("ann", account=other)), keys)
    assert any("names no account" in note for note in unclear.notes)


def test_partitions():
    china = {"UserName": "li", "Arn": f"arn:aws-cn:iam::{ID}:user/li"}
    assert account(details(china)).root.arn == f"arn:aws-cn:iam::{ID}:root"


def test_a_list_of_keys_alone():
    keys = '{"AccessKeyMetadata": [{"UserName": "ann", "AccessKeyId": "AKIA1", "Status": "Active"}]}'
    found = account(keys)
    assert [k.subject_id for k in known(found.users[0].keys)] == ["AKIA1"]
    assert isinstance(found.users[0].boundary, Unknown)


def test_no_key_is_no_key():
    assert account(report(row("ann", one=NO_KEY))).users[0].keys == ()
