"""`redundant-condition-value`: a value that is reported changes nothing, by the plain reading of one request."""

from hypothesis import given
from hypothesis import strategies as st

from iamlint.analyse.conditions import condition_holds
from iamlint.analyse.variables import Context
from iamlint.analyse.wildcards import covers
from iamlint.model import Policy
from iamlint.rule import Rule
from iamlint.rule.families.covered_values import covered_values

TEXTS = st.text("ab*?", min_size=1, max_size=4)
ARNS = st.builds("arn:aws:{}:{}:1:{}".format, st.sampled_from(["s3", "*", "s?"]), st.sampled_from(["", "*"]), TEXTS)
NETWORKS = st.builds("10.0.{}.0/{}".format, st.integers(0, 3), st.sampled_from([8, 22, 23, 24, 32]))
CASES = st.one_of(
    *(
        st.tuples(st.sampled_from(operators), st.lists(values, min_size=2, max_size=4), st.lists(asked, max_size=2))
        for operators, values, asked in [
            (["StringLike", "StringNotLike", "ForAllValues:StringLike"], TEXTS, st.text("abc", min_size=1, max_size=4)),
            (["StringEquals", "StringNotEqualsIgnoreCase"], st.text("aAb", max_size=2), st.text("aAb", max_size=2)),
            (
                ["ArnLike", "ArnNotEquals"],
                ARNS,
                st.builds("arn:aws:{}::1:{}".format, st.sampled_from(["s3", "sx"]), st.text("ab:", max_size=3)),
            ),
            (["IpAddress", "NotIpAddressIfExists"], NETWORKS, st.builds("10.0.{}.{}".format, *[st.integers(0, 3)] * 2)),
        ]
    )
)


def statement_of(operator, values):
    block = {operator: {"aws:PrincipalTag/t": values}}
    return Policy(
        {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": block}},
        "identity",
    ).statements[0]


class _Rule(Rule):
    id = "r"


@given(CASES)
def test_what_is_reported_changes_nothing(case):
    operator, values, asked = case
    before = statement_of(operator, values)
    for hit in covered_values(_Rule(), before):
        gone = {place.path[-1] for place in hit.places}
        left = [value for index, value in enumerate(values) if index not in gone]
        assert left
        after = statement_of(operator, left)
        for context in (Context({}), Context({"aws:PrincipalTag/t": asked})):
            assert len({condition_holds(s.conditions[0], context, context) for s in (before, after)}) == 1
        assert not list(covered_values(_Rule(), after))


@given(st.lists(TEXTS, min_size=2, max_size=4, unique=True))
def test_nothing_that_is_covered_is_missed(values):
    """Of short patterns: one that matches all that another one does."""
    texts = [a + b + c for a in ("", "a", "b", "c") for b in ("", "a", "b", "c") for c in ("", "a", "b", "c", "aab")]
    met = {value: {t for t in texts if holds(value, t)} for value in values}
    reported = {
        values[p.path[-1]] for hit in covered_values(_Rule(), statement_of("StringLike", values)) for p in hit.places
    }
    for value in values:
        assert value not in reported or any(met[value] <= met[other] for other in values if other != value)
        if value not in reported:  # of two that match the same, the first one stays
            assert not any(covers(other, value) for other in values if other != value and not covers(value, other))


def holds(pattern, text):
    context = Context({"aws:PrincipalTag/t": text})
    return condition_holds(statement_of("StringLike", [pattern]).conditions[0], context, context)
