from collections.abc import Iterator
from functools import partial

from iamlint.rule import (
    MOST_ENTRIES,
    Bad,
    Condition,
    Context,
    Draft,
    Drop,
    Good,
    Hit,
    Put,
    Severity,
    Statement,
    StatementRule,
    listing,
    parse_operator,
)


class DuplicateKeysWithDifferentCase(StatementRule):
    """A condition key stands twice under one operator, in different capitals.

    ## Why it matters
    IAM compares the names of keys without regard to case and refuses to save the policy.

    ## What to do instead
    Put the values of both into one list under one key.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "DUPLICATE_KEYS_WITH_DIFFERENT_CASE"
    elements = frozenset(("Condition",))
    only_irregular = True
    tags = ("validity",)

    good = [
        Good(
            '{"Effect":"Allow","Action":"*","Resource":"*","Condition":'
            '{"StringEquals":{"aws:username":"a"},"StringLike":{"aws:Username":"a*"}}}',
            why="under different operators both hold",
        ),
        Good('{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Null":{"aws:a":"true","aws:b":"true"}}}'),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"*","Resource":"*","Condition":'
            '{"StringEquals":{«"aws:username"»:"a",«"AWS:UserName"»:"b"}}}',
            rewritten='{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:username":["a","b"]}}}',
            verdict="wider",
        ),
        Bad(
            '{"Effect":"Deny","Action":"*","Resource":"*","Condition":'
            '{"StringNotEquals":{«"aws:username"»:"a",«"AWS:UserName"»:["b"]}}}',
            rewritten='{"Effect":"Deny","Action":"*","Resource":"*",'
            '"Condition":{"StringNotEquals":{"aws:username":["a","b"]}}}',
            verdict="equivalent",
        ),
        Bad(
            '{"Effect":"Deny","Action":"*","Resource":"*","Condition":'
            '{"Null":{«"aws:a"»:"true","aws:b":"true",«"aws:A"»:"true",«"AWS:A"»:"true"}}}'
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        spellings: dict[tuple[str, str], list[Condition]] = {}
        for condition in statement.conditions:
            spellings.setdefault((condition.operator, condition.key.lower()), []).append(condition)
        for first, *later in spellings.values():
            if later:
                names = listing(sorted(condition.key for condition in (first, *later)))
                # What came later is the surplus: it is marked first.
                yield self.finding(
                    [*later, first],
                    f"{names} are one condition key; put the values into one list",
                    rewrite=partial(_merged, first, later),
                )


def _merged(first: Condition, later: list[Condition]) -> Draft | None:
    """One list of all values, where these are alternatives; the first spelling alone, where all say the same."""
    operator = parse_operator(first.operator)
    drops = tuple(Drop(condition.path) for condition in later)
    values = {item.text: item.value for condition in (first, *later) for item in condition.values}
    if operator is None or not values or len(values) + len(drops) > MOST_ENTRIES:
        return None
    if all({item.text for item in condition.values} == values.keys() for condition in (first, *later)):
        return Draft("keep the first", drops)
    if operator.family in ("Bool", "Null") or "Than" in operator.name:
        return None
    one_type = len({type(value) for value in values.values()}) == 1
    return Draft(
        "put the values into one list", (Put(first.path, [*(values.values() if one_type else values)]), *drops)
    )
