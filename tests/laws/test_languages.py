"""What `compare` rests on: patterns as sets, conditions made ready, values that stand for all."""

from collections.abc import Iterable
from itertools import product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from iamlint.analyse.conditions import OPERATOR_NAMES, condition_holds
from iamlint.analyse.decide.assumptions import USUAL
from iamlint.analyse.decide.checks import Check
from iamlint.analyse.decide.clauses import Principals
from iamlint.analyse.decide.cover import cover
from iamlint.analyse.decide.lookup import Lookup
from iamlint.analyse.decide.patterns import between, canonical, intersection, texts
from iamlint.analyse.decide.products import product_matches, split_at_colons
from iamlint.analyse.decide.values import Asked, candidates
from iamlint.analyse.principals import NOBODY, caller, named
from iamlint.analyse.variables import Context
from iamlint.analyse.wildcards import covers, matches
from iamlint.analyse.work import Budget
from iamlint.model import Condition, Policy

WORDS = ["".join(letters) for length in range(6) for letters in product("ab", repeat=length)]
PATTERNS = st.text("ab*?", max_size=5)


def budget() -> Budget:
    return Budget(10_000_000)


@given(st.text("ab*?", max_size=9))
def test_the_canonical_spelling_means_the_same(pattern: str) -> None:
    spelled = canonical(pattern)
    assert canonical(spelled) == spelled
    assert covers(pattern, spelled)
    assert covers(spelled, pattern)


@given(PATTERNS, PATTERNS)
def test_intersection(one: str, two: str) -> None:
    found = intersection(canonical(one), canonical(two), budget())
    for word in WORDS:
        assert any(matches(pattern, word) for pattern in found) == (matches(one, word) and matches(two, word))


@given(PATTERNS, st.lists(PATTERNS, max_size=4))
def test_texts_stand_for_the_pattern(pattern: str, others: list[str]) -> None:
    counted = max((other.count("?") for other in others), default=0)
    met = [
        {other for other in others if matches(other, text)}
        for text in texts(canonical(pattern), "xyz", counted)
        if matches(pattern, text)
    ]
    for word in WORDS:
        if matches(pattern, word):
            assert any(few <= {other for other in others if matches(other, word)} for few in met)


@given(PATTERNS, st.text("ab*?", max_size=2), st.text("ab*?", max_size=2))
def test_what_lies_between(pattern: str, before: str, after: str) -> None:
    found = between(canonical(before), canonical(pattern), canonical(after), budget())
    for word in WORDS[:15]:
        around = intersection(canonical(before + word + after), canonical(pattern), budget())
        assert any(matches(inner, word) for inner in found) == bool(around)


@given(st.text("a:*?", max_size=6))
def test_splitting_at_colons(pattern: str) -> None:
    found = list(split_at_colons(pattern, 3, budget()))
    for word in ("".join(letters) for length in range(6) for letters in product("a:", repeat=length)):
        fields = word.split(":", 2)
        if len(fields) == 3:
            assert any(product_matches(row, fields) for row in found) == matches(pattern, word)


@given(
    st.lists(st.lists(st.integers(0, 31), min_size=1, max_size=4), max_size=4),
    st.integers(0, 31),
)
def test_cover_finds_a_choice_iff_there_is_one(unknowns: list[list[int]], wanted: int) -> None:
    found = cover([[(bits, bits) for bits in options] for options in unknowns], wanted, budget())
    choices: Iterable[tuple[int, ...]] = product(*unknowns)
    possible = any(not wanted & ~_union(choice) for choice in choices)
    assert (found is not None) == possible
    if found is not None:
        assert all(value in options for value, options in zip(found, unknowns, strict=True))
        assert not wanted & ~_union(found)


def _union(sets: Iterable[int]) -> int:
    together = 0
    for bits in sets:
        together |= bits
    return together


PRINCIPALS = st.sampled_from(
    [
        ("AWS", "*"),
        ("AWS", "111122223333"),
        ("AWS", "arn:aws:iam::111122223333:root"),
        ("AWS", "arn:aws:iam::111122223333:role/app"),
        ("AWS", "arn:aws:iam::111122223333:role/path/app"),
        ("AWS", "arn:aws:iam::111122223333:user/eve"),
        ("AWS", "arn:aws:sts::111122223333:assumed-role/app/s"),
        ("AWS", "arn:aws:sts::111122223333:federated-user/eve"),
        ("AWS", "AIDAEXAMPLE"),
        ("Service", "ec2.amazonaws.com"),
        ("Service", "*"),
        ("Federated", "accounts.google.com"),
        ("Federated", "arn:aws:iam::111122223333:saml-provider/p"),
        ("Federated", "*"),
        ("CanonicalUser", "79a59df900b949e5"),
        ("Nonsense", "arn:aws:iam::111122223333:role/app"),
    ]
)
CALLERS = st.sampled_from(
    [
        "anonymous",
        "ec2.amazonaws.com",
        "lambda.amazonaws.com",
        "accounts.google.com",
        *(
            f"arn:aws:iam::111122223333:{tail}"
            for tail in ("root", "role/app", "role/path/app", "user/eve", "user/x/eve")
        ),
        *(
            f"arn:aws:sts::111122223333:{tail}"
            for tail in ("assumed-role/app/s", "assumed-role/b/s", "federated-user/eve")
        ),
        *("arn:aws:iam::111122223333:saml-provider/p", "arn:aws:iam::444455556666:role/app"),
        *("arn:aws-cn:iam::111122223333:role/app", "arn:aws-cn:iam::111122223333:root"),
    ]
)


@given(st.lists(PRINCIPALS, max_size=3), CALLERS)
def test_looking_principals_up_means_the_same(listed: list[tuple[str, str]], asked: str) -> None:
    by_type: dict[str, list[str]] = {}
    for type_, text in listed:
        by_type.setdefault(type_, []).append(text)
    statement = Policy({"Statement": {"Effect": "Allow", "Principal": by_type}}, "resource").statements[0]
    who = caller(asked)
    assert Principals(statement.principals).mean(who) == (named(statement, who) != NOBODY)


@given(st.lists(st.tuples(st.text("ab*?", max_size=4), st.integers(1, 7)), max_size=5))
def test_a_look_up_finds_what_matches(patterns: list[tuple[str, int]]) -> None:
    lookup = Lookup(patterns)
    for word in WORDS[:31]:
        assert lookup.find(word) == _union(bits for pattern, bits in patterns if matches(pattern, word))


ODD = [
    *("a", "A", "ab", "a*", "*", "?b", "", "10", "10.0", "-1e2", "2025-01-01", "1735689600", "true", "FALSE"),
    *("arn:aws:iam::1:role/x", "arn:aws:*", "arn:aws:iam::*:role/*", "10.0.0.0/8", "10.1.2.3", "::1", "::/0"),
    *("QQ==", "${k}", "a${*}", "${x:y, 'a'}", "arn:${k}:*", "${k}*", "0.0.0.0/0"),
]
OPERATORS = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "ForAllValues:", "ForAnyValue:"]),
    st.sampled_from([*OPERATOR_NAMES, "Unknown"]),
    st.sampled_from(["", "IfExists"]),
)


def condition(operator: str, wanted: list[str], version: str = "2012-10-17") -> Condition:
    document: Any = {"Version": version, "Statement": {"Condition": {operator: {"q": wanted}}}}
    return Policy(document, "identity").statements[0].conditions[0]


@given(
    OPERATORS,
    st.lists(st.sampled_from(ODD), max_size=3),
    st.lists(st.sampled_from([text for text in ODD if "$" not in text]), max_size=2),
    st.sampled_from([None, "a", "a*", "b:c", "10"]),
    st.booleans(),
)
def test_a_check_holds_iff_the_condition_does(
    operator: str, wanted: list[str], values: list[str], read: str | None, has_variables: bool
) -> None:
    asked = condition(operator, wanted)
    context = Context({"q": values} if read is None else {"q": values, "k": read})
    variables = context if has_variables else None
    assert Check(asked, variables).holds(values) == condition_holds(asked, context, variables)


FAMILIES: list[tuple[list[str], list[str], list[str]]] = [
    (
        ["StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringLikeIfExists", "Null"],
        ["a", "b", "ab", "a*", "*b", "?", "*", "a?*", "true", "false"],
        WORDS[:31],
    ),
    (
        ["NumericLessThan", "NumericGreaterThanEquals", "NumericEquals", "NumericNotEqualsIfExists", "Null"],
        ["1", "2", "2.5", "-3", "1e3"],
        ["-9", "-3", "0", "1", "1.2", "2", "2.2", "2.5", "9", "1000", "9999"],
    ),
    (
        ["DateLessThan", "DateGreaterThanEquals", "DateEquals", "DateNotEqualsIfExists"],
        ["2025-01-01", "2025-06-01T00:00:00Z", "86400"],
        ["2024-01-01", "2025-01-01T00:00:00Z", "2025-03-01", "1748736000", "2030-01-01", "1970-01-02", "5"],
    ),
    (
        ["IpAddress", "NotIpAddress", "IpAddressIfExists", "Null"],
        ["10.0.0.0/8", "10.0.0.0/9", "10.1.0.0/16", "0.0.0.0/0", "::/0", "2001:db8::/32", "203.0.113.9"],
        ["9.9.9.9", "10.0.0.1", "10.1.1.1", "10.200.0.1", "203.0.113.9", "::1", "2001:db8::5"],
    ),
    (
        ["ArnLike", "ArnNotLike", "StringLike", "StringNotEquals", "ArnEqualsIfExists"],
        ["arn:a:b::1:r/*", "arn:*:b::*:r/x", "arn:a:*", "*", "arn:a:b::1:r/x", "*r/x"],
        ["arn:a:b::1:r/x", "arn:c:b::2:r/x", "arn:a:b:c:1:r/xx", "x", "r/x", "arn:a:b::1:r/x:r/x"],
    ),
]


@st.composite
def asked_conditions(draw: st.DrawFn) -> tuple[list[Check], list[list[Check]], list[str]]:
    operators, wanted, values = draw(st.sampled_from(FAMILIES))
    quantifiers = st.sampled_from(["", "", "ForAllValues:", "ForAnyValue:"] if draw(st.booleans()) else [""])

    def check() -> Check:
        operator = draw(st.sampled_from(operators))
        if operator == "Null":
            return Check(condition(operator, [draw(st.sampled_from(["true", "false"]))]))
        entries = draw(st.lists(st.sampled_from(wanted), min_size=1, max_size=3))
        return Check(condition(draw(quantifiers) + operator, entries))

    musts = [check() for _ in range(draw(st.integers(0, 2)))]
    escapes = [[check() for _ in range(draw(st.integers(1, 2)))] for _ in range(draw(st.integers(0, 3)))]
    return musts, escapes, values


@given(asked_conditions(), st.data())
def test_values_stand_for_all(asked: tuple[list[Check], list[list[Check]], list[str]], data: st.DataObject) -> None:
    """Whatever a request has for the key, some candidate meets all that must hold and escapes at least as much."""
    musts, escapes, texts_of_type = asked
    found, complete = candidates(Asked(musts, escapes), "pqg", USUAL, budget())
    assert complete
    several = any(check.quantified for check in Asked(musts, escapes).checks)
    values = tuple(data.draw(st.lists(st.sampled_from(texts_of_type), max_size=3 if several else 1, unique=True)))

    def escaped(some: tuple[str, ...]) -> set[int]:
        return {i for i, checks in enumerate(escapes) if not all(check.holds(some) for check in checks)}

    if "" not in values and all(check.holds(values) for check in musts):
        assert any(all(check.holds(some) for check in musts) and escaped(values) <= escaped(some) for some in found)
