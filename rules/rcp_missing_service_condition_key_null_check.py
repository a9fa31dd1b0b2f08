from collections.abc import Iterator

from iamlint.rule import (
    SOURCE_KEYS,
    Bad,
    Condition,
    Context,
    Good,
    Hit,
    Severity,
    Statement,
    StatementRule,
    compared_keys,
    parse_operator,
    quote,
)


class RcpMissingServiceConditionKeyNullCheck(StatementRule):
    """A resource control policy compares for whom a service acts where the service may not tell.

    ## Why it matters
    Not every service says for which account or resource it acts. A Deny for all other sources then stops services that
    act for you.

    ## What to do instead
    Add `"Null": {"aws:SourceAccount": "false"}` or `"Null": {"aws:SourceArn": "false"}` to the condition: it then binds
    only requests that tell their source.

    ## When it can be wrong
    AWS reports the key under any operator; one that a request without the key does not meet spares such services as
    well.

    ## References
    - https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_examples.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.WARNING
    aws = "RCP_MISSING_SERVICE_CONDITION_KEY_NULL_CHECK"
    kinds = frozenset(("rcp",))
    elements = frozenset(("Condition",))
    condition_keys = SOURCE_KEYS
    tags = ("guardrail",)

    good = [
        Good(
            '{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{'
            '"StringNotEqualsIfExists":{"aws:SourceOrgID":"o-a1b2c3d4e5"},"Null":{"AWS:sourceArn":"false"}}}',
            kind="rcp",
        ),
        Good(
            '{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{'
            '"StringNotEqualsIfExists":{"aws:SourceAccount":"111122223333"},"null":{"aws:SourceAccount":[false]}}}',
            kind="rcp",
        ),
        Good(
            '{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}}',
            kind="rcp",
            why="a key of the caller: another rule",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{'
            '"StringNotEqualsIfExists":{«"aws:SourceOrgID"»:"o-a1b2c3d4e5"},"Bool":{"aws:PrincipalIsAWSService":"true"}}}',
            kind="rcp",
        ),
        Bad(
            '{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{'
            '"StringNotEquals":{«"aws:sourceorgid"»:"o-a1b2c3d4e5"},'
            '"Null":{"aws:SourceOrgID":"false","aws:SourceAccount":"true"}}}',
            kind="rcp",
            why="neither asks whether the account is told",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        if any(map(_is_null_check, statement.conditions)):
            return
        for condition in compared_keys(statement, SOURCE_KEYS):
            message = f"{quote(condition.key)} is compared where a service does not tell for whom it acts, too"
            yield self.finding(condition, f'{message}; add `"Null": {{"aws:SourceAccount": "false"}}`')


def _is_null_check(condition: Condition) -> bool:
    """True iff the condition wants a request that tells the account or the resource."""
    operator = parse_operator(condition.operator)
    return (
        condition.key.lower() in ("aws:sourceaccount", "aws:sourcearn")
        and operator is not None
        and operator.family == "Null"
        and [item.text.lower() for item in condition.values] == ["false"]
    )
