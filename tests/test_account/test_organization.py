"""Policies of an organisation: which of them bind an account, level by level."""

import json

import pytest

from iamlint.analyse.escalation import escalations
from iamlint.config import Settings
from iamlint.load import load_text
from iamlint.load.account import join
from iamlint.model.fact import Unknown
from tests.test_account.made import ID, details, user

UNIT, ROOT, MANAGER = "ou-ab12-11111111", "r-ab12", "999900001111"
FULL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
NO_IAM = {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}


def policy(id_, *statements, kind="SERVICE_CONTROL_POLICY", manager=MANAGER):
    summary = {"Id": id_, "Arn": f"arn:aws:organizations::{manager}:policy/o-a/x/{id_}", "Name": id_, "Type": kind}
    content = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    return json.dumps({"Policy": {"PolicySummary": summary, "Content": content}})


def targets(*ids):
    return json.dumps({"Targets": [{"TargetId": id_, "Arn": "x", "Name": "x", "Type": "ACCOUNT"} for id_ in ids]})


def parents(id_):
    return json.dumps({"Parents": [{"Id": id_, "Type": "ROOT"}]})


TREE = {f"parents/{ID}.json": parents(UNIT), f"parents/{UNIT}.json": parents(ROOT)}
EVERYWHERE = {"policies/p-full.json": policy("p-full", FULL), "targets/p-full.json": targets(ROOT, UNIT, ID)}


def account(files, *users):
    texts = {"gaad.json": details(*users or (user("ann"),)), **files}
    loaded = [load_text(f"snapshot/{path}", text, Settings(root="/")) for path, text in texts.items()]
    joined = join([file.export for file in loaded if file.export is not None])
    assert len(joined.accounts) == 1
    return joined.accounts[0]


def names(levels):
    return [[text.source.name for text in level] for level in levels]


def test_levels_from_the_root_down():
    files = {**TREE, **EVERYWHERE}
    files |= {"policies/p-no.json": policy("p-no", NO_IAM), "targets/p-no.json": targets(UNIT)}
    files |= {"policies/p-other.json": policy("p-other", NO_IAM), "targets/p-other.json": targets("ou-ab12-22222222")}
    found = account(files)
    assert names(found.scps) == [["p-full"], ["p-full", "p-no"], ["p-full"]]
    assert isinstance(found.rcps, Unknown)
    assert "organizations" in found.exports


def test_wrappers_tell_what_was_asked():
    files = {
        "all.json": f'{{"ChildId":"{ID}","Answer":{parents(ROOT)}}}',
        "some.json": f'{{"PolicyId":"p-full","Answer":{targets(ROOT, ID)}}}',
        "p.json": policy("p-full", FULL),
    }
    assert names(account(files).scps) == [["p-full"], ["p-full"]]


@pytest.mark.parametrize(
    "left_out", ["policies/p-full.json", "targets/p-full.json", f"parents/{ID}.json", f"parents/{UNIT}.json"]
)
def test_what_is_missing_makes_it_unknown(left_out):
    files = {**TREE, **EVERYWHERE}
    files |= {"policies/p-no.json": policy("p-no", NO_IAM), "targets/p-no.json": targets(UNIT)}
    del files[left_out]
    assert isinstance(account(files).scps, Unknown)


def test_without_targets_all_are_taken_to_bind():
    assert names(account({"p.json": policy("p-full", FULL), "q.json": policy("p-no", NO_IAM)}).scps) == [
        ["p-full", "p-no"]
    ]


def test_the_managing_account_is_not_bound():
    assert account({**TREE, "p.json": policy("p-no", NO_IAM, manager=ID)}).scps == ()


def test_other_types_of_policies_and_other_files_are_left_alone():
    found = account({"tags.json": policy("p-tag", FULL, kind="TAG_POLICY"), "x.json": '{"Parents":[{"Id":"mother"}]}'})
    assert isinstance(found.scps, Unknown)
    assert "organizations" not in found.exports


def test_a_policy_of_the_organisation_is_still_checked():
    loaded = load_text("p.json", policy("p-no", NO_IAM), Settings(root="/"))
    assert [document.kind for document in loaded.documents] == ["scp"]
    assert loaded.export is not None


@pytest.mark.parametrize(("statement", "becomes"), [(NO_IAM, False), ({**NO_IAM, "Action": "s3:*"}, True)])
def test_who_becomes_administrator_is_a_matter_of_the_organisation_too(statement, becomes):
    put = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "iam:PutUserPolicy", "Resource": "*"}}
    ann = user("ann", UserPolicyList=[{"PolicyName": "own", "PolicyDocument": put}])
    files = {**TREE, **EVERYWHERE, "policies/p-no.json": policy("p-no", statement), "targets/p-no.json": targets(ID)}
    found = escalations(account(files, ann))
    assert bool(found.chains) is becomes
    assert found.assumed == ()
    assert escalations(account({}, ann)).assumed != ()


def test_policies_of_a_made_up_organisation(tmp_path):
    """One SCP of it hangs on another unit."""
    from pathlib import Path

    from tests.corpus.test_snapshot import generate

    truth = generate(tmp_path, "--seed", "3")
    paths = [path for path in sorted(Path(tmp_path).rglob("*.json")) if "cloudtrail" not in path.parts]
    loaded = [load_text(str(path), path.read_text(), Settings(root="/")) for path in paths]
    (found,) = join([file.export for file in loaded if file.export is not None]).accounts

    def ids(levels):
        return {text.source.arn.rpartition("/")[2] for level in levels for text in level}

    assert ids(found.scps) == set(truth["scps_on_account"])
    assert ids(found.rcps) == set(truth["rcps_on_account"])
    assert len(found.scps) == 3
    assert found.organization == "o-a1b2c3d4e5"
