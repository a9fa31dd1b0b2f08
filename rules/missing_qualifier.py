from collections.abc import Iterator
from functools import partial

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, key_uses, quote, with_quantifier


class MissingQualifier(StatementRule):
    """A condition key that holds several values is compared without ForAllValues or ForAnyValue.

    ## Why it matters
    The operator compares one value with others. With a list in the request the outcome is not defined, and IAM may
    refuse to save the policy.

    ## What to do instead
    `ForAnyValue:` before the operator asks for at least one value that fits. `ForAllValues:` asks that none is there
    which does not; it also holds where there are no values, so that an Allow needs `Null` `false` beside it.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "MISSING_QUALIFIER"
    elements = frozenset(("Condition",))
    tags = ("validity",)

    good = [
        Good(
            '{"Effect":"Allow","Action":"ec2:*","Resource":"*",'
            '"Condition":{"forallvalues:StringEquals":{"aws:TagKeys":["team"]},"Null":{"aws:TagKeys":"false"}}}',
            why="Null asks whether there are any values",
        ),
        Good(
            '{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"ForAnyValue:StringLike":{"aws:CalledVia":"a*"}}}'
        ),
        Good(
            '{"Effect":"Allow","Action":"ec2:*","Resource":"*","Condition":{"StringEquals":{"aws:RequestTag/a":["x","y"]}}}',
            why="several values in the policy, one in the request",
        ),
        Good(
            '{"Effect":"Allow","Action":"ec2:*","Resource":"*","Condition":{"StringEqual":{"aws:TagKeys":"x"}}}',
            why="no such operator: another rule",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"ec2:*","Resource":"*","Condition":{"StringEquals":{«"aws:TagKeys"»:"team"}}}',
            rewritten='{"Effect":"Allow","Action":"ec2:*","Resource":"*",'
            '"Condition":{"ForAllValues:StringEquals":{"aws:TagKeys":"team"},"Null":{"aws:TagKeys":"false"}}}',
            verdict="equivalent",
        ),
        Bad(
            '{"Effect":"Deny","Action":"ec2:*","Resource":"*","Condition":{"StringNotEquals":{«"aws:TagKeys"»:["a","b"]}}}',
            rewritten='{"Effect":"Deny","Action":"ec2:*","Resource":"*",'
            '"Condition":{"ForAnyValue:StringNotEquals":{"aws:TagKeys":["a","b"]}}}',
            verdict="wider",
        ),
        Bad(
            '{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringNotLikeIfExists":{'
            '«"AWS:PrincipalOrgPaths"»:["o-a1b2c3d4e5/*"],"aws:username":"a*"}}}'
        ),
        Bad(
            '{"Effect":"Allow","Action":"events:PutRule","Resource":"*",'
            '"Condition":{"StringEquals":{«"events:source"»:"aws.ec2",«"events:detail-type"»:"x"}}}',
            why="a service's keys",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for use in key_uses(statement, ctx):
            condition, operator, key = use
            if key.multivalued and not operator.quantifier and operator.family != "Null":
                several = f"{quote(condition.key)} can have several values in a request"
                yield self.finding(
                    condition,
                    f"{several}; write `ForAnyValue:` or `ForAllValues:` before the operator",
                    rewrite=partial(with_quantifier, use, statement),
                )
