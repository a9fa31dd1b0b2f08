from collections.abc import Iterator
from functools import partial

from iamlint.rule import (
    LONG_LIVED,
    SESSION,
    Bad,
    Context,
    Good,
    Hit,
    Severity,
    Statement,
    StatementRule,
    has_other_conditions,
    may_be_user,
    mfa_asked,
    mfa_condition,
    mfa_reading,
    quote,
    unhindered_request,
    witness,
)


class MfaAllowMatchesWithoutMfa(StatementRule):
    """An Allow that asks for MFA is also met without it.

    ## Why it matters
    The statement looks as if it asked for a second factor and does not. `BoolIfExists` `true` holds where
    `aws:MultiFactorAuthPresent` is absent, which is what requests of a long-lived key look like. `Null` `false` holds
    where the key is there, be it `false`, as in a session without MFA.

    ## What to do instead
    Use plain `Bool` with `true` in an Allow. `BoolIfExists` belongs in a Deny, with `false`.

    ## When it can be wrong
    Another policy can deny the requests without MFA. Other conditions of the statement limit who it is for, so such a
    finding is of the level `limited`.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent
    """

    severity = Severity.SECURITY_WARNING
    levels = {"full": Severity.SECURITY_WARNING, "limited": Severity.WARNING}
    security_severity = 8.0
    effect = "Allow"
    elements = frozenset(("Condition",))
    condition_keys = frozenset(("aws:multifactorauthpresent", "aws:multifactorauthage"))
    tags = ("security", "mfa", "external/cwe/cwe-308")

    good = [
        Good(
            '{"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}'
        ),
        Good(
            '{"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{'
            '"BoolIfExists":{"aws:MultiFactorAuthPresent":"true"},"Null":{"aws:MultiFactorAuthPresent":"false"}}}',
            why="Null false asks for the key, IfExists for its value",
        ),
        Good(
            '{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}',
            why="a Deny",
        ),
        Good(
            '{"Effect":"Allow","Action":"iam:EnableMFADevice","Resource":"*",'
            '"Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}',
            why="not met with MFA: it is for those without",
        ),
        Good(
            '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:*","Resource":"*",'
            '"Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"true"}}},{"Effect":"Deny","Action":"*",'
            '"Resource":"*","Condition":{"Null":{"aws:MultiFactorAuthPresent":"true"}}}]}',
            why="a Deny catches the keys",
        ),
        Good(
            '{"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{"BoolIfExists":{'
            '"aws:MultiFactorAuthPresent":"true"},"NumericLessThan":{"aws:MultiFactorAuthAge":"3600"}}}',
            why="the age is there only with MFA",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"iam:*","Resource":"*",'
            '"Condition":{"BoolIfExists":{«"aws:MultiFactorAuthPresent"»:"true"}}}',
            rewritten='{"Effect":"Allow","Action":"iam:*","Resource":"*",'
            '"Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}',
            verdict="narrower",
        ),
        Bad(
            '{"Effect":"Allow","Action":"iam:*","Resource":"*",'
            '"Condition":{"null":{«"aws:multiFactorAuthPresent"»:"false"}}}',
            why="met by sessions without MFA",
            rewritten='{"Effect":"Allow","Action":"iam:*","Resource":"*",'
            '"Condition":{"Bool":{"aws:multiFactorAuthPresent":"true"}}}',
            verdict="narrower",
        ),
        Bad(
            '{"Effect":"Allow","Action":"ec2:StopInstances","Resource":"*","Condition":{'
            '"StringEquals":{"aws:RequestedRegion":"eu-west-1"},'
            '"StringNotEquals":{«"aws:MultiFactorAuthPresent"»:"false"}}}',
            level="limited",
            why="a negated operator holds without the key",
        ),
        Bad(
            '{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole",'
            '"Condition":{"BoolIfExists":{«"aws:MultiFactorAuthPresent"»:"true"}}}',
            why="a role's trust policy",
        ),
        Bad(
            '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:*","Resource":"*",'
            '"Condition":{"BoolIfExists":{«"aws:MultiFactorAuthPresent"»:"true"}}},{"Effect":"Deny",'
            '"Action":"iam:CreateUser","Resource":"*","Condition":{"Null":{"aws:MultiFactorAuthPresent":"true"}}}]}',
            why="the Deny covers a part",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        read = mfa_reading(statement)
        if read is None or not read.mfa or not read.without_mfa:
            return
        for met, credential, who in (
            (
                read.long_lived and may_be_user(statement),
                LONG_LIVED,
                "a long-lived key, whose requests do not carry it",
            ),
            (read.session, SESSION, "a session without MFA, where it is `false`"),
        ):
            request = unhindered_request(statement, credential, ctx) if met else None
            if request is not None:
                condition = mfa_condition(statement, credential, holds=True)
                yield self.finding(
                    condition,
                    f"{quote(condition.operator)} on {quote(condition.key)} is also met by {who}; use Bool `true`",
                    level="limited" if has_other_conditions(statement) else "full",
                    witness=witness(request, [statement.policy]),
                    rewrite=partial(mfa_asked, statement, "Bool", "true"),
                )
                return
