from collections.abc import Iterator
from functools import partial

from iamlint.rule import (
    Bad,
    Context,
    Draft,
    Good,
    Hit,
    Severity,
    Statement,
    StatementRule,
    listing,
    quote,
    tautologies,
    without,
)


class ConditionAlwaysMatches(StatementRule):
    """Every request meets a condition.

    ## Why it matters
    The condition limits nothing and looks as if it did. In an Allow, whatever it was to keep out is let in; in a Deny,
    those whom it was to spare are denied.

    ## What to do instead
    Write values that some requests do not have, or leave the condition out. Where a request without the key must fail,
    use the operator without `IfExists` and `ForAllValues:`.

    ## When it can be wrong
    The level is `limited` for a Deny, which lets nobody in.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
    """

    severity = Severity.SECURITY_WARNING
    levels = {"full": Severity.SECURITY_WARNING, "limited": Severity.WARNING}
    security_severity = 5.5
    elements = frozenset(("Condition",))
    operators = frozenset(("ifexists", "forallvalues", "arnnotequals", "arnnotlike"))
    supersedes = frozenset(("forallvalues-without-null-guard",))
    tags = ("security", "conditions")

    good = [
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringLike":{"aws:PrincipalTag/team":"*"}}}',
            why="asks for the tag",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringLikeIfExists":{"aws:username":"?*-ci"}}}'
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"IpAddressIfExists":{"aws:SourceIp":"0.0.0.0/0"}}}',
            why="not over IPv6",
        ),
        Good(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*",'
            '"Condition":{"ArnNotEquals":{"aws:PrincipalArn":["deployer","arn:aws:iam::111122223333:role/deployer"]}}}',
            why="one value fits",
        ),
        Good(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"ForAllValues:StringNotLike":{"aws:TagKeys":"*"}}}',
            why="only without tags",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*",'
            '"Condition":{"ArnNotLike":{«"aws:PrincipalArn"»:"arn:aws:s3:::invoice"}}}',
            kind="resource",
            level="limited",
            why="no principal has such an ARN",
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringLikeIfExists":{«"aws:username"»:["ann","*"]}}}',
            rewritten='{"Effect":"Allow","Action":"s3:*","Resource":"*"}',
            verdict="unproven",
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{'
            '"ForAllValues:StringLike":{«"aws:TagKeys"»:["team","**"]},"StringEquals":{"aws:username":"ann"}}}',
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{'
            '"IpAddressIfExists":{«"aws:SourceIp"»:["0.0.0.0/1","128.0.0.0/1","::/0"]}}}',
        ),
        Bad(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"ArnNotEquals":{«"aws:PrincipalArn"»:"deployer"}}}',
            level="limited",
            why="no ARN is called so: all are denied",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for condition in tautologies(statement):
            operator, key = quote(condition.operator), quote(condition.key)
            message = f"{operator} on {key} with {listing(condition.values)} holds for every request"
            advice = "write values that some requests do not have, or leave it out"
            unsure = "it may be the values that are wrong"
            change = (without(statement, condition),)
            yield self.finding(
                condition,
                f"{message}; {advice}",
                level="full" if statement.allows else "limited",
                rewrite=partial(Draft, "leave out a condition that limits nothing", change, unsure),
            )
