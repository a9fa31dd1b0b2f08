from collections.abc import Iterator
from functools import partial

from iamlint.rule import (
    MOST_ENTRIES,
    Bad,
    Condition,
    Context,
    Draft,
    Good,
    Hit,
    Put,
    Severity,
    Statement,
    StatementRule,
    quote,
    type_name,
)


class InvalidConditionDataType(StatementRule):
    """The values of a condition key are of different JSON types.

    ## Why it matters
    IAM refuses to save the policy.

    ## What to do instead
    Write all of them as strings. IAM reads numbers and booleans from strings, too.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "INVALID_CONDITION_DATA_TYPE"
    elements = frozenset(("Condition",))
    only_irregular = True
    tags = ("validity",)

    good = [
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"NumericEquals":{"s3:max-keys":[1,2.5,-3]}}}'
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"NumericEquals":{"s3:max-keys":["1","2"]}}}'
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":true,'
            '"aws:ViaAWSService":"true"}}}',
            why="each key for itself",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:username":["x",null]}}}',
            why="what is no value at all is another rule",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"NumericEquals":{"s3:max-keys":«["1", 2]»}}}',
            rewritten='{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"NumericEquals":{"s3:max-keys":["1", "2"]}}}',
            verdict="equivalent",
        ),
        Bad(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"StringNotEquals":{"aws:username":["a","b"],'
            '"aws:PrincipalTag/x":«[ "true", true, "1" ]»}}}'
        ),
        Bad('{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"NoSuch":{"x:key":«[true, 1]»}}}'),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for condition in statement.conditions:
            if len(condition.values) < 2 or len({type(item.value) for item in condition.values}) < 2:
                continue
            names = list(dict.fromkeys(type_name(item.value) for item in condition.values))
            if len(names) > 1:
                mixed = f"the values of {quote(condition.key)} are {' and '.join(names)}"
                yield self.finding(
                    condition.path, f"{mixed}; write all of them as strings", rewrite=partial(_strings, condition)
                )


def _strings(condition: Condition) -> Draft | None:
    puts = tuple(Put(item.path, item.text) for item in condition.values if item.text != item.value)
    return Draft("write all of them as strings", puts) if len(puts) <= MOST_ENTRIES else None
