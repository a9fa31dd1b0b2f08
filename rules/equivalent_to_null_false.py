from collections.abc import Iterator
from functools import partial

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, lone_wildcards, quote, under


class EquivalentToNullFalse(StatementRule):
    """A condition compares with * alone, which only asks whether the key is there.

    ## Why it matters
    Every value matches `*`, so that the condition holds for each request that has the key. Whoever reads it expects
    that the value matters.

    ## What to do instead
    Write `"Null": {"KEY": "false"}`, which says just that, or name the values that are meant.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Null
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.SUGGESTION
    aws = "EQUIVALENT_TO_NULL_FALSE"
    elements = frozenset(("Condition",))
    operators = frozenset(("stringlike", "arnlike", "arnequals"))
    tags = ("style",)

    good = [
        Good('{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Null":{"aws:ResourceTag/a":"false"}}}'),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringLike":{"aws:username":["*","a*"],'
            '"aws:ResourceTag/a":"?*","aws:ResourceTag/b":"**"}}}',
            why="not just `*`",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringLikeIfExists":{"aws:username":"*"},'
            '"ForAllValues:StringLike":{"aws:TagKeys":"*"}}}',
            why="requests without the key pass, too",
        ),
        Good(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"StringNotLike":{"aws:username":"*"},'
            '"StringEquals":{"aws:userid":"*"}}}',
            why="the other way round, and no pattern at all",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringLike":{"aws:ResourceTag/a":«"*"»}}}',
            rewritten='{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Null":{"aws:ResourceTag/a":"false"}}}',
            verdict="equivalent",
        ),
        Bad(
            '{"Effect":"Deny","Action":"kms:*","Resource":"*","Condition":{"stringlike":{'
            '"kms:EncryptionContext:aws:s3:arn":[«"*"»],"aws:username":"a*","aws:RequestTag/a":«"*"»}}}',
            rewritten='{"Effect":"Deny","Action":"kms:*","Resource":"*","Condition":{"stringlike":{"aws:username":"a*"},'
            '"Null":{"kms:EncryptionContext:aws:s3:arn":"false","aws:RequestTag/a":"false"}}}',
            verdict="equivalent",
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"ArnLike":{"aws:SourceArn":«"*"»},'
            '"ForAnyValue:StringLike":{"aws:TagKeys":«"*"»}}}'
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for condition in lone_wildcards(statement, with_key=True, without_key=False):
            name = quote(condition.key)
            what = f"`*` matches every value, so this only asks whether {name} is there"
            yield self.finding(
                condition.values[0],
                f"{what}; write `Null` with `false`, or the values that are meant",
                rewrite=partial(under, statement, condition, "Null", "false"),
            )
