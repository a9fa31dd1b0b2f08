from collections.abc import Iterator

from iamlint.rule import (
    SOURCE_KEYS,
    Bad,
    Context,
    Good,
    Hit,
    Severity,
    Statement,
    StatementRule,
    compared_keys,
    is_for_services,
    quote,
)


class RcpMissingRelatedServicePrincipalConditionKey(StatementRule):
    """A resource control policy compares for whom a service acts, and does not leave other callers out.

    ## Why it matters
    The policy also binds your users and roles. Their requests have no such key, so a Deny for all other sources stops
    them.

    ## What to do instead
    Add `"BoolIfExists": {"aws:PrincipalIsAWSService": "true"}` to the condition, and bind users and roles in a
    statement of their own by `aws:PrincipalOrgID`.

    ## When it can be wrong
    AWS reports the key under any operator; one that a request without the key does not meet spares users and roles as
    well.

    ## References
    - https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_examples.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.WARNING
    aws = "RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY"
    kinds = frozenset(("rcp",))
    elements = frozenset(("Condition",))
    condition_keys = SOURCE_KEYS
    tags = ("guardrail",)

    good = [
        Good(
            '{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{'
            '"StringNotEqualsIfExists":{"aws:SourceOrgID":"o-a1b2c3d4e5"},"Null":{"aws:SourceAccount":"false"},'
            '"Bool":{"aws:PrincipalIsAWSService":"true"}}}',
            kind="rcp",
        ),
        Good(
            '{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*",'
            '"Condition":{"Null":{"aws:SourceArn":"true"}}}',
            kind="rcp",
            why="compares nothing",
        ),
        Good(
            '{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringNotEquals":{"aws:SourceOrgID":"o-a1b2c3d4e5"}}}',
            kind="resource",
            why="another kind of policy",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringNotEqualsIfExists":{«"aws:SourceOrgID"»:"o-a1b2c3d4e5"}}}',
            kind="rcp",
        ),
        Bad(
            '{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{'
            '"ForAnyValue:StringNotLike":{«"aws:sourceorgpaths"»:"o-a1b2c3d4e5/*"},'
            '"Bool":{"aws:PrincipalIsAWSService":["true","false"]}}}',
            kind="rcp",
            why="both are everybody",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        if is_for_services(statement, "true"):
            return
        for condition in compared_keys(statement, SOURCE_KEYS):
            message = f"{quote(condition.key)} is compared for your users and roles, too"
            advice = 'leave them out by `"BoolIfExists": {"aws:PrincipalIsAWSService": "true"}`'
            yield self.finding(condition, f"{message}; {advice}")
