from collections.abc import Iterator
from functools import partial

from iamlint.rule import (
    LONG_LIVED,
    Bad,
    Context,
    Good,
    Hit,
    Severity,
    Statement,
    StatementRule,
    may_be_user,
    mfa_asked,
    mfa_condition,
    mfa_reading,
    quote,
    unhindered_request,
    witness,
)


class MfaDenyMissesLongLivedKeys(StatementRule):
    """A Deny without MFA does not meet requests of long-lived access keys.

    ## Why it matters
    Requests of a long-lived key carry no `aws:MultiFactorAuthPresent` at all. A condition such as `Bool` `false` then
    compares with nothing and does not hold, so the statement denies sessions without MFA and lets through the very
    keys that it is for.

    ## What to do instead
    Use `BoolIfExists`: it also holds where the key is absent. Or add a second Deny with `Null` `true` on the same key.

    ## When it can be wrong
    Another policy of the same user can deny the keys. A policy that only roles have needs no word about keys.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent
    """

    severity = Severity.SECURITY_WARNING
    security_severity = 8.0
    effect = "Deny"
    elements = frozenset(("Condition",))
    condition_keys = frozenset(("aws:multifactorauthpresent", "aws:multifactorauthage"))
    tags = ("security", "mfa", "external/cwe/cwe-308")

    good = [
        Good(
            '{"Effect":"Deny","Action":"*","Resource":"*",'
            '"Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}'
        ),
        Good(
            '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"iam:*","Resource":"*",'
            '"Condition":{"Bool":{"aws:MultiFactorAuthPresent":"false"}}},{"Effect":"Deny","Action":"*","Resource":"*",'
            '"Condition":{"Null":{"aws:MultiFactorAuthPresent":"true"}}}]}',
            why="a twin denies the keys",
        ),
        Good(
            '{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringNotEquals":{"aws:MultiFactorAuthPresent":"true"}}}',
            why="a negated operator holds without the key",
        ),
        Good(
            '{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"false"}}}',
            why="an Allow",
        ),
        Good(
            '{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}',
            why="denies those with MFA",
        ),
        Good(
            '{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"false"},'
            '"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/*"}}}',
            why="roles have no long-lived keys",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{«"aws:MultiFactorAuthPresent"»:"false"}}}',
            rewritten='{"Effect":"Deny","Action":"*","Resource":"*",'
            '"Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}',
            verdict="narrower",
        ),
        Bad(
            '{"Effect":"Deny","NotAction":["iam:*","sts:GetSessionToken"],"Resource":"*",'
            '"Condition":{"bool":{«"AWS:multifactorauthpresent"»:false}}}',
            why="in another spelling",
            kind="scp",
        ),
        Bad(
            '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"ec2:*","Resource":"*",'
            '"Condition":{"Bool":{«"aws:MultiFactorAuthPresent"»:"false"}}},{"Effect":"Deny",'
            '"Action":"ec2:TerminateInstances","Resource":"*",'
            '"Condition":{"Null":{"aws:MultiFactorAuthPresent":"true"}}}]}',
            why="the twin covers a part",
        ),
        Bad(
            '{"Effect":"Deny","Action":"s3:DeleteObject","Resource":"arn:aws:s3:::logs/*","Condition":{'
            '"StringEquals":{«"aws:MultiFactorAuthPresent"»:"false"},"Bool":{"aws:ViaAWSService":"false"}}}',
        ),
        Bad(
            '{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::logs/*",'
            '"Condition":{"Bool":{«"aws:MultiFactorAuthPresent"»:"false"}}}',
        ),
        Bad(
            '{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Null":{"aws:MultiFactorAuthPresent":"false"},'
            '"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}'.replace(
                '"Null":{"aws:MultiFactorAuthPresent"', '"Null":{«"aws:MultiFactorAuthPresent"»'
            ),
            why="Null false undoes IfExists",
            rewritten='{"Effect":"Deny","Action":"*","Resource":"*",'
            '"Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}',
            verdict="narrower",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        read = mfa_reading(statement)
        if read is None or read.long_lived or read.mfa or not read.session or not may_be_user(statement):
            return
        request = unhindered_request(statement, LONG_LIVED, ctx)
        if request is not None:
            condition = mfa_condition(statement, LONG_LIVED, holds=False)
            yield self.finding(
                condition,
                f"{quote(condition.operator)} does not hold for a long-lived key, whose requests carry no "
                f"{quote(condition.key)}, so this Deny lets them pass; use BoolIfExists `false`",
                witness=witness(request, [statement.policy]),
                rewrite=partial(mfa_asked, statement, "BoolIfExists", "false"),
            )
