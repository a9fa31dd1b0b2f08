"""Rules about ARNs and types of resources: what examples cannot say."""

import json

from hypothesis import given
from hypothesis import strategies as st

from iamlint.aws.catalogue import catalogue
from iamlint.config import settings_for
from iamlint.engine.registry import load_rules
from iamlint.engine.run import Run
from iamlint.load import load_text
from iamlint.model import RESOURCE_TYPES, Policy
from iamlint.rule import mismatches

CATALOGUE = catalogue()
RULES = {id_: rule for id_, rule in load_rules().items() if id_ != "action-resource-mismatch" and "arn" in id_}


def findings(document, rules, kind=None):
    run = Run(settings_for(), rules)
    run.add(load_text("a.json", json.dumps(document), run.settings, kind=kind, named_alone=True))
    report = run.report()
    assert report.errors == ()
    return report.findings


def allow(actions, resources, **more):
    statement = {"Effect": "Allow", "Action": actions, "Resource": resources, **more}
    return {"Version": "2012-10-17", "Statement": [statement]}


def test_each_entry_has_its_finding():
    resources = [f"arn:aws:iam:us-east-1:111122223333:role/r{n}" for n in range(3)]
    assert [f.pointer for f in findings(allow("iam:*", resources), RULES)] == [
        f"/Statement/0/Resource/{n}" for n in range(3)
    ]


def test_many_entries_are_taken():
    resources = [f"arn:aws:dynamodb:eu-west-1:111122223333:tabel/{n}" for n in range(20_000)]
    assert (
        len(findings(allow("dynamodb:*", resources), {"invalid-arn-resource": RULES["invalid-arn-resource"]})) == 20_000
    )


def test_a_type_without_rules_of_its_own_is_left_alone():
    rules = {id_: load_rules()[id_] for id_ in ("unsupported-action-in-policy", "unsupported-resource-arn-in-policy")}
    document = allow("s3:GetObject", "*", Principal={"AWS": "111122223333"})
    assert findings(document, rules, "resource") == ()
    for type_ in RESOURCE_TYPES:
        if type_.startswith("AWS::S3::"):
            assert {f.rule for f in findings(document, rules, type_)} == {"unsupported-resource-arn-in-policy"}


ACTIONS = st.sampled_from(["s3:GetObject", "s3:ListBucket", "s3:ListAllMyBuckets", "sqs:SendMessage", "iam:GetRole"])
ARNS = st.sampled_from(
    ["arn:aws:s3:::b", "arn:aws:s3:::b/*", "arn:aws:s3:::*", "arn:aws:sqs:*:*:q", "arn:aws:iam::*:role/r", "arn:aws:*"]
)


def named(actions, resources):
    statement = Policy(allow(actions, resources), "identity").statements[0]
    return {item.text for mismatch in mismatches(statement, CATALOGUE) for item in mismatch.actions}


@given(st.lists(ACTIONS, min_size=1, unique=True), st.lists(ARNS, min_size=1, unique=True), ARNS)
def test_mismatches_of_a_list_are_those_that_no_entry_fits(actions, resources, further):
    alone = [named([action], resources) for action in actions]
    assert named(actions, resources) == set().union(*alone)
    assert named(actions, [*resources, further]) <= named(actions, resources)
