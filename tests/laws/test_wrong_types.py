"""Of a value of a wrong JSON type nothing else is said that AWS's validation says."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from iamlint.config import settings_for
from iamlint.engine.registry import load_rules
from iamlint.engine.run import Run
from iamlint.load import load_text

RULES = {id_: rule for id_, rule in load_rules().items() if rule.aws is not None}
SOUND: dict[str, Any] = {
    "Sid": "A",
    "Effect": "Allow",
    "Action": ["iam:PassRole", "iam:*"],
    "Resource": ["*", "arn:aws:s3:::b"],
    "Principal": {"AWS": ["*", "x"]},
    "Condition": {"StringLike": {"aws:username": ["*"]}},
}
odd: st.SearchStrategy[object] = st.sampled_from([None, 5, {}, {"a": 1}, [None], ["iam:PassRole", {}], [[]], "x", []])


@given(st.dictionaries(st.sampled_from(sorted(SOUND)), odd, min_size=1), st.sampled_from(["identity", "resource"]))
def test_a_wrong_type_stands_alone(changed: dict[str, object], kind: str) -> None:
    text = json.dumps({"Version": "2012-10-17", "Statement": [{**SOUND, **changed}]})
    settings = settings_for()
    run = Run(settings, RULES)
    run.add(load_text("policy.json", text, settings, kind=kind, named_alone=True))
    findings = run.report().findings
    wrong = [finding.pointer for finding in findings if finding.aws == "DATA_TYPE_MISMATCH"]
    for finding in findings:
        values = [at.rpartition("/")[0] if finding.token == "key" else at for at in finding.pointers]
        inside = [at for at in wrong for value in values if f"{value}/".startswith(f"{at}/")]
        assert not inside or (finding.aws == "DATA_TYPE_MISMATCH" and len(inside) == 1)
