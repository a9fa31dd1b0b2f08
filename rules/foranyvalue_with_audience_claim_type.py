from collections.abc import Iterator

from iamlint.rule import (
    Bad,
    Context,
    Good,
    Hit,
    Severity,
    Statement,
    StatementRule,
    condition_key,
    parse_operator,
    quote,
)


class ForanyvalueWithAudienceClaimType(StatementRule):
    """An Allow compares the audience of a token under ForAnyValue.

    ## Why it matters
    A token's `aud` key holds one value. The prefix says that several were expected, of which one would do, and that a
    token made out to others as well is fine.

    ## What to do instead
    Leave `ForAnyValue:` out.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.SECURITY_WARNING
    aws = "FORANYVALUE_WITH_AUDIENCE_CLAIM_TYPE"
    security_severity = 2.5
    effect = "Allow"
    elements = frozenset(("Condition",))
    operators = frozenset(("foranyvalue",))
    condition_keys = frozenset((":aud",))
    tags = ("security",)

    good = [
        Good(
            '{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity","Principal":{"Federated":"idp.example.com"},'
            '"Condition":{"StringEquals":{"idp.example.com:aud":"sts.amazonaws.com"}}}'
        ),
        Good(
            '{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity","Principal":{"Federated":"idp.example.com"},'
            '"Condition":{"ForAnyValue:StringEquals":{"idp.example.com:amr":"authenticated"},'
            '"StringEquals":{"idp.example.com:aud":"x"}}}',
            why="`amr` has several values",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"ForAnyValue:StringEquals":{"aws:PrincipalTag/x:aud":"x"}}}',
            why="a tag",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity","Principal":{"Federated":"idp.example.com"},'
            '"Condition":{"ForAnyValue:StringEquals":{«"token.actions.githubusercontent.com:aud"»:"sts.amazonaws.com"}}}'
        ),
        Bad(
            '{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity","Principal":{"Federated":"idp.example.com"},'
            '"Condition":{"foranyvalue:StringLikeIfExists":{«"idp.example.com/id/a1:AUD"»:["x","y"],'
            '"idp.example.com/id/a1:sub":"x"}}}'
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for condition in statement.conditions:
            operator = parse_operator(condition.operator)
            if operator is None or operator.quantifier != "ForAnyValue" or operator.family == "Null":
                continue
            key = condition_key(condition.key, ctx) if condition.key.lower().endswith(":aud") else None
            if key is not None and key.name.endswith(":aud") and "${" not in key.name:
                yield self.finding(condition, f"{quote(condition.key)} has one value; leave `ForAnyValue:` out")
