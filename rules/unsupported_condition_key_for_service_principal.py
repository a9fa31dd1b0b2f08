from collections.abc import Iterator

from iamlint.rule import (
    ORGANIZATION_KEYS,
    RESOURCE_KINDS,
    Bad,
    Condition,
    Context,
    Good,
    Hit,
    Severity,
    Statement,
    StatementRule,
    listing,
    parse_operator,
    service_principals,
)


class UnsupportedConditionKeyForServicePrincipal(StatementRule):
    """A statement about an AWS service compares a key that only roles and users bring along.

    ## Why it matters
    A service principal belongs to no organization and has no tags: an Allow never holds for it, or, with a negated
    operator, always.

    ## What to do instead
    Compare where the service acts for: `aws:SourceOrgID` instead of `aws:PrincipalOrgID`, `aws:SourceOrgPaths` instead
    of `aws:PrincipalOrgPaths`. Give roles and users a statement of their own.

    ## When it can be wrong
    AWS says that some keys do not go with some services, and names one pair. This rule reports the keys that no service
    brings along, and not where the condition lets requests without the key pass (`IfExists`, `Null`).

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgid
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL"
    kinds = RESOURCE_KINDS
    elements = frozenset(("Principal",))
    condition_keys = ORGANIZATION_KEYS
    tags = ("validity",)

    good = [
        Good(
            '{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*",'
            '"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}}',
            why="no service",
        ),
        Good(
            '{"Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},"Action":"s3:GetObject","Resource":"*",'
            '"Condition":{"StringEquals":{"aws:SourceOrgID":"o-a1b2c3d4e5","aws:PrincipalAccount":"111122223333"}}}'
        ),
        Good(
            '{"Effect":"Allow","Principal":{"AWS":"*","Service":"cloudfront.amazonaws.com"},"Action":"s3:GetObject",'
            '"Resource":"*","Condition":{"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}}',
            why="lets the service pass on purpose",
        ),
        Good(
            '{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}}'
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},"Action":"s3:GetObject","Resource":"*",'
            '"Condition":{"StringEquals":{«"aws:PrincipalOrgID"»:"o-a1b2c3d4e5"}}}'
        ),
        Bad(
            '{"Effect":"Allow","Principal":{"Service":["sns.amazonaws.com"],"AWS":"111122223333"},"Action":"sqs:SendMessage",'
            '"Resource":"*","Condition":{"StringLike":{«"AWS:principaltag/team"»:"web"},'
            '"ForAnyValue:StringLike":{«"aws:PrincipalOrgPaths"»:"o-a1b2c3d4e5/*"}}}',
            why="one finding that marks both keys",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        found = [condition for condition in statement.conditions if _asks_for_member(condition)]
        services = service_principals(statement) if found else []
        if services:
            keys = listing(sorted({condition.key for condition in found}))
            message = f"requests of {listing(services)} never have {keys}"
            yield self.finding([*found], f"{message}; compare `aws:SourceOrgID` or another key of the source instead")


def _asks_for_member(condition: Condition) -> bool:
    """True iff the condition compares a key of members of organizations, and says nothing of requests without it."""
    operator = parse_operator(condition.operator)
    return (
        condition.key.lower().partition("/")[0] in ORGANIZATION_KEYS
        and operator is not None
        and operator.family != "Null"
        and not operator.if_exists
    )
