from collections.abc import Iterator

from iamlint.rule import (
    Bad,
    Context,
    Good,
    Hit,
    Severity,
    Statement,
    StatementRule,
    oidc_principals,
    parse_operator,
    quote,
    statement_matches_action,
)


class ConfirmAudienceClaimType(StatementRule):
    """A trust policy tests whom a token is meant for.

    ## Why it matters
    The audience of a token, `aud`, is the name under which your client is known to the provider. It has one value: with
    `ForAllValues:` a token without any audience would do, and `ForAnyValue:` only hides that there is but one.

    ## What to do instead
    Compare the key with your client's name, without a qualifier. Where the policy does so there is nothing to do.

    ## When it can be wrong
    AWS reports every test of an audience, right ones too: the finding asks for a look, not for a change.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.SUGGESTION
    aws = "CONFIRM_AUDIENCE_CLAIM_TYPE"
    kinds = frozenset(("trust",))
    effect = "Allow"
    elements = frozenset(("Principal",))
    condition_keys = frozenset((":aud",))
    actions = frozenset(("sts:assumerolewithwebidentity",))
    tags = ("federation",)

    good = [
        Good(
            '{"Effect":"Allow","Principal":{"Federated":"accounts.google.com"},"Action":"sts:AssumeRoleWithWebIdentity",'
            '"Condition":{"StringEquals":{"accounts.google.com:sub":"112233"}}}',
            why="another claim",
        ),
        Good(
            '{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::111122223333:saml-provider/idp"},'
            '"Action":"sts:AssumeRoleWithSAML","Condition":{"StringEquals":{"SAML:aud":"https://signin.aws.amazon.com/saml"}}}',
            why="the audience of SAML is no claim of a token",
        ),
        Good(
            '{"Effect":"Allow","Principal":{"Federated":"cognito-identity.amazonaws.com"},"Action":"sts:AssumeRole",'
            '"Condition":{"StringEquals":{"cognito-identity.amazonaws.com:aud":"us-west-2:a1"}}}',
            why="no token comes with this action",
        ),
        Good(
            '{"Effect":"Allow","Principal":{"Federated":"accounts.google.com"},"Action":"sts:AssumeRoleWithWebIdentity",'
            '"Condition":{"Null":{"accounts.google.com:aud":"false"}}}',
            why="compares nothing",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity",'
            '"Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},'
            '"Condition":{"StringEquals":{«"token.actions.githubusercontent.com:aud"»:"sts.amazonaws.com",'
            '"token.actions.githubusercontent.com:sub":"repo:acme/web:ref:refs/heads/main"}}}'
        ),
        Bad(
            '{"Effect":"Allow","Principal":{"Federated":"accounts.google.com"},"Action":"sts:AssumeRole*",'
            '"Condition":{"ForAnyValue:StringLike":{«"Accounts.Google.com:AUD"»:["a","b"]}}}',
            kind="trust",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        if not statement_matches_action(statement, "sts:AssumeRoleWithWebIdentity"):
            return
        if next(oidc_principals(statement), None) is None:
            return
        for condition in statement.conditions:
            issuer, _, claim = condition.key.lower().rpartition(":")
            operator = parse_operator(condition.operator)
            if claim != "aud" or "." not in issuer or operator is None or operator.family == "Null":
                continue
            advice = "compare it with your client's name, without a qualifier"
            if operator.quantifier:
                advice = f"take `{operator.quantifier}:` away"
            yield self.finding(condition, f"{quote(condition.key)} is whom a token is meant for, one value; {advice}")
