from collections.abc import Iterator

from iamlint.rule import (
    Bad,
    Context,
    Good,
    Hit,
    Policy,
    PolicyRule,
    Severity,
    open_without_mfa,
    opening_hit,
    sensitive_actions,
)


class MissingMfaDeny(PolicyRule):
    """A long-lived access key may use a sensitive action without MFA.

    ## Why it matters
    A long-lived key is a password that programs keep in files. Who finds it can do all that its user may, from
    anywhere and for as long as nobody notices, unless the policies ask for a second factor.

    Each sensitive action that the policy allows is tried as a request: a user's own key, no MFA, a resource that the
    statement is for, and values that meet its other conditions. The finding carries one request that gets through.

    ## What to do instead
    Deny sensitive actions wherever `aws:MultiFactorAuthPresent` is not `true`, with `BoolIfExists` and `false`:
    requests of a long-lived key do not carry the key at all, and plain `Bool` lets them pass. People then call
    `sts:GetSessionToken` with a one-time code and work with the session. Give machines a role instead of a key, or
    narrower policies.

    ## When it can be wrong
    A file does not tell whether its policy is for users, for their groups or for a role, and another policy can hold
    the Deny; so the finding is of the level `limited`. Which actions are sensitive is a choice of this rule: those that
    hand out rights or credentials, hide traces, open or destroy data.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_my-sec-creds-self-manage.html
    """

    severity = Severity.SECURITY_WARNING
    levels = {"full": Severity.SECURITY_WARNING, "limited": Severity.SUGGESTION}
    security_severity = 5.5
    kinds = frozenset(("identity",))
    effect = "Allow"
    actions = frozenset(action.lower() for action in sensitive_actions())
    tags = ("security", "mfa", "external/cwe/cwe-308")

    good = [
        Good('{"Effect":"Allow","Action":["s3:GetObject","iam:List*"],"Resource":"*"}', why="nothing sensitive"),
        Good(
            '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},'
            '{"Effect":"Deny","NotAction":["iam:EnableMFADevice","sts:GetSessionToken"],"Resource":"*",'
            '"Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}]}',
            why="denied without MFA",
        ),
        Good(
            '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ec2:TerminateInstances","Resource":"*"},'
            '{"Effect":"Deny","Action":"EC2:*","Resource":"*",'
            '"Condition":{"null":{"aws:multifactorauthpresent":true}}}]}',
            why="denied to long-lived keys, in another spelling",
        ),
        Good(
            '{"Effect":"Allow","Action":"iam:*","Resource":"*",'
            '"Condition":{"NumericLessThan":{"aws:MultiFactorAuthAge":"3600"}}}',
            why="allowed only with MFA",
        ),
        Good('{"Effect":"Allow","Action":"iam:*","Resource":"*"}', kind="boundary", why="a boundary grants nothing"),
        Good(
            '{"Effect":"Allow","Action":"s3:DeleteBucket","Resource":"arn:aws:s3:::logs/*"}',
            why="no bucket has such a name",
        ),
        Good(
            '{"Effect":"Allow","Action":"iam:*","Resource":"*",'
            '"Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/*"}}}',
            why="roles have no long-lived keys",
        ),
    ]
    bad = [
        Bad('{"Effect":"Allow","Action":["s3:Get*",«"iam:*"»],"Resource":"*"}', level="limited"),
        Bad(
            '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":«"*"»,"Resource":"*"},'
            '{"Effect":"Deny","Action":"*","Resource":"*",'
            '"Condition":{"Bool":{"aws:MultiFactorAuthPresent":"false"}}}]}',
            level="limited",
            why="the Deny does not meet long-lived keys",
        ),
        Bad(
            '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:CreateUser",«"ec2:*"»],'
            '"Resource":"*"},{"Effect":"Deny","Action":"iam:*","Resource":"*",'
            '"Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}]}',
            level="limited",
            why="the Deny covers a part",
        ),
        Bad(
            '{"Effect":"Allow",«"NotAction"»:"iam:*","Resource":"*",'
            '"Condition":{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}}',
            level="limited",
            why="in one region",
        ),
        Bad(
            '{"Effect":"Allow","Action":«"s3:delete*"»,"Resource":["arn:aws:s3:::logs","arn:aws:s3:::logs/*"]}',
            level="limited",
        ),
        Bad(
            '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":«"iam:CreateAccessKey"»,'
            '"Resource":"arn:aws:iam::*:user/${aws:username}"},{"Effect":"Deny","Action":"*","Resource":"*",'
            '"Condition":{"StringNotEquals":{"aws:RequestedRegion":["eu-west-1","us-east-1"]}}}]}',
            level="limited",
            why="a Deny that is not about MFA",
        ),
    ]

    def check(self, policy: Policy, ctx: Context) -> Iterator[Hit]:
        found = open_without_mfa([policy], ctx.environment)
        if found.open:
            fix = "deny them with BoolIfExists `aws:MultiFactorAuthPresent` `false`"
            yield opening_hit(self, [policy], found, "a long-lived key without MFA", fix, level="limited")
