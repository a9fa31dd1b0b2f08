from collections.abc import Iterator
from functools import partial

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, lone_wildcards, quote, under


class EquivalentToNullTrue(StatementRule):
    """A negated condition compares with * alone, which only asks whether the key is absent.

    ## Why it matters
    No value escapes `*`, so that the condition holds for just those requests that do not have the key. Whoever reads it
    expects that the value matters.

    ## What to do instead
    Write `"Null": {"KEY": "true"}`, which says just that, or name the values that are meant.

    ## When it can be wrong
    AWS documents the message but not when it is given; the rule goes by what the condition means. Hence it is a
    preview.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Null
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.SUGGESTION
    aws = "EQUIVALENT_TO_NULL_TRUE"
    preview = True
    elements = frozenset(("Condition",))
    operators = frozenset(("stringnotlike", "arnnotlike", "arnnotequals"))
    tags = ("style",)

    good = [
        Good('{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"Null":{"aws:ResourceTag/a":"true"}}}'),
        Good(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"StringNotLike":{"aws:username":["*","a"]}}}'
        ),
        Good(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"StringLike":{"aws:username":"*"},'
            '"ForAnyValue:StringNotLike":{"aws:TagKeys":"*"},"StringNotEquals":{"aws:userid":"*"}}}',
            why="present, never, and no pattern",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"StringNotLike":{"aws:username":«"*"»}}}',
            rewritten='{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"Null":{"aws:username":"true"}}}',
            verdict="equivalent",
        ),
        Bad(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"ArnNotEqualsIfExists":{"aws:SourceArn":[«"*"»]},'
            '"forallvalues:stringnotlike":{"aws:TagKeys":«"*"»}}}'
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for condition in lone_wildcards(statement, with_key=False, without_key=True):
            what = f"no value escapes `*`, so this only asks whether {quote(condition.key)} is absent"
            yield self.finding(
                condition.values[0],
                f"{what}; write `Null` with `true`, or the values that are meant",
                rewrite=partial(under, statement, condition, "Null", "true"),
            )
