"""Laws of what the rules about variables, wildcards and tags share."""

import json

from hypothesis import assume, given
from hypothesis import strategies as st

from iamlint.analyse.variables import Context, resolve, variable_parts
from iamlint.aws.catalogue import catalogue
from iamlint.model import Item, Policy, Statement
from iamlint.rule.families.key_values import is_identifier
from iamlint.rule.families.openness import VARIABLES, WILDCARDS, has_loose, is_loose_user_id, masked
from iamlint.rule.families.tags import untagged_actions
from iamlint.rule.families.variables import ESCAPES, variables, variables_read

PIECES = st.sampled_from(
    ["a", "abcdef", ":", "*", "?", "${aws:username}", "${a, 'b'}", "${*}", "${", "}", "$", "${}", "${ x}", "${a, b}"]
)
TEXTS = st.lists(PIECES, max_size=8).map("".join)


def statement_with(resource: str) -> Statement:
    document = {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": ["*", resource]},
    }
    return Policy(document, "identity").statements[0]


@given(TEXTS)
def test_without_a_fault_variables_are_those_that_are_put_in(text: str) -> None:
    found = list(variables(text))
    assume(not any(each.fault for each in found))
    inside = [each for _, each in variable_parts(text) if each is not None and each not in ESCAPES]
    assert [each.text for each in found] == [f"${{{each}}}" for each in inside]
    context = Context({each.key: "value" for each in found})
    assert resolve(text, context) is not None


@given(TEXTS)
def test_variables_stand_in_the_text_in_order(text: str) -> None:
    at = 0
    for variable in variables(text):
        at = text.index(variable.text, at) + len("${")
        assert variable.text.startswith("${" + variable.name)
        assert (variable.fault == "brace") is (not variable.text.endswith("}"))


@given(TEXTS)
def test_only_well_written_variables_are_read(text: str) -> None:
    read = [variable for item, variable in variables_read(statement_with(text)) if item.text == text]
    assert read == [variable for variable in variables(text) if variable.fault is None]


@given(TEXTS, st.sampled_from([WILDCARDS, VARIABLES, WILDCARDS + VARIABLES]))
def test_loose_means_few_plain_characters_before(text: str, holes: str) -> None:
    plain = masked(Item(text, (), text), statement_with(text))
    wild = [place for place, char in enumerate(plain) if char in "*?\0"]
    expected = False
    for place in wild:
        start = max((other + 1 for other in wild if other < place), default=0)
        follows = place > 0 and plain[place] in "*?" and plain[place - 1] in "*?"
        expected |= plain[place] in holes and place - start < 6 and not follows
    assert has_loose(plain, holes) is expected


@given(TEXTS, TEXTS)
def test_right_of_the_colon_all_is_free(left: str, right: str) -> None:
    assume("\0" not in left + right and ":" not in left)
    assert is_loose_user_id(f"{left}:{right}", WILDCARDS) is is_loose_user_id(f"{left}:", WILDCARDS)
    assert not is_loose_user_id(f"AROAEXAMPLE:{right}", WILDCARDS)


@given(TEXTS)
def test_masks_hide_the_text_of_variables_alone(text: str) -> None:
    assume("${" not in text)
    assert masked(Item(text, (), text), statement_with(text)) == text


@given(st.text(max_size=20))
def test_identifiers(text: str) -> None:
    assert is_identifier("vpc-" + text, "vpc-") is (len(text) in (8, 17) and text.isascii() and text.isalnum())


@given(
    st.lists(st.sampled_from(["s3:ListAllMyBuckets", "s3:GetObject", "logs:Put*", "logs:DescribeResourcePol*", "x:y"]))
)
def test_one_action_of_a_pattern_suffices_for_a_deny(actions: list[str]) -> None:
    value = {"Effect": "Deny", "Action": actions, "Resource": "*"}
    statement = Policy({"Version": "2012-10-17", "Statement": json.loads(json.dumps(value))}, "scp").statements[0]
    some = untagged_actions(statement, catalogue(), every=False)
    every = untagged_actions(statement, catalogue(), every=True)
    assert {item for items in every.values() for item in items} <= {item for items in some.values() for item in items}
    texts = {item.text for items in some.values() for item in items}
    assert texts == set(actions) & {"s3:ListAllMyBuckets", "logs:Put*", "logs:DescribeResourcePol*"}


@given(st.sampled_from(["Sid", "Principal", "key"]), st.booleans())
def test_regular_statements_hold_variables_only_in_resources_and_values(where: str, variable: bool) -> None:
    text = "${aws:username}" if variable else "a"
    value = {
        "Sid": text if where == "Sid" else "a",
        "Effect": "Allow",
        "Principal": {"AWS": text if where == "Principal" else "111122223333"},
        "Action": "s3:*",
        "Resource": "arn:aws:s3:::b/${aws:username}",
        "Condition": {"StringLike": {f"aws:ResourceTag/{text if where == 'key' else 'a'}": "${aws:username}"}},
    }
    statement = Policy({"Version": "2012-10-17", "Statement": value}, "resource").statements[0]
    assert statement.is_regular is not variable
