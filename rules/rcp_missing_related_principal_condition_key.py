from collections.abc import Iterator

from iamlint.rule import (
    PRINCIPAL_KEYS,
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


class RcpMissingRelatedPrincipalConditionKey(StatementRule):
    """A resource control policy compares a key of the caller and does not leave AWS services out.

    ## Why it matters
    The policy also binds services that act for you. They belong to no organization and have no tags, so a Deny for all
    who are not of yours stops your log delivery, replication and notifications.

    ## What to do instead
    Add `"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}` to the condition, and bind services in a statement of
    their own by `aws:SourceOrgID`.

    ## When it can be wrong
    AWS reports the key under any operator; one that a request without the key does not meet spares services as well.

    ## References
    - https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_examples.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principal-properties
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.WARNING
    aws = "RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY"
    kinds = frozenset(("rcp",))
    elements = frozenset(("Condition",))
    condition_keys = PRINCIPAL_KEYS
    tags = ("guardrail",)

    good = [
        Good(
            '{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{'
            '"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"},'
            '"BoolIfExists":{"AWS:principalIsAWSService":"false"}}}',
            kind="rcp",
        ),
        Good(
            '{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{'
            '"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"},"Bool":{"aws:PrincipalIsAWSService":false}}}',
            kind="rcp",
            why="signed requests always have the key",
        ),
        Good(
            '{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*",'
            '"Condition":{"Null":{"aws:PrincipalOrgID":"true"}}}',
            kind="rcp",
            why="compares nothing",
        ),
        Good(
            '{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}}',
            kind="resource",
            why="another kind of policy",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringNotEqualsIfExists":{«"aws:PrincipalOrgID"»:"o-a1b2c3d4e5"}}}',
            kind="rcp",
        ),
        Bad(
            '{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{'
            '"StringNotEquals":{«"aws:PrincipalTag/team"»:"web"},"ArnNotLike":{«"aws:principalarn"»:"arn:aws:iam::*:role/a"},'
            '"BoolIfExists":{"aws:PrincipalIsAWSService":"true"}}}',
            kind="rcp",
            why="that is for services only",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        if is_for_services(statement, "false"):
            return
        for condition in compared_keys(statement, PRINCIPAL_KEYS):
            message = f"{quote(condition.key)} is compared for AWS services that act for you, too"
            advice = 'leave them out by `"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}`'
            yield self.finding(condition, f"{message}; {advice}")
