from collections.abc import Iterator
from functools import partial

from iamlint.rule import (
    Bad,
    Context,
    Good,
    Hit,
    Severity,
    Statement,
    StatementRule,
    enrolment_left_open,
    key,
    listing,
    mfa_lock_out,
    witness,
)


class MfaDenyLocksOutEnrolment(StatementRule):
    """A Deny without MFA also denies what it takes to get MFA.

    ## Why it matters
    A user without a device can neither create nor enable one, and so never meets the condition. A user with one cannot
    call `sts:GetSessionToken`, so that on the command line no session with MFA can be had from a long-lived key.
    Somebody then takes the Deny off in a hurry.

    The user's own requests are asked about: for a device of its own, its own user, without MFA. Reported is what no
    place and no time lets through; that is decided over all of them.

    ## What to do instead
    Deny with `NotAction` and leave out `iam:CreateVirtualMFADevice`, `iam:EnableMFADevice`, `iam:GetUser`,
    `iam:ListMFADevices`, `iam:ListVirtualMFADevices`, `iam:ResyncMFADevice` and `sts:GetSessionToken`; let another
    statement allow them on the user's own device and user.

    ## When it can be wrong
    Where administrators enrol the devices of all users, nobody needs the enrolment to be open.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_my-sec-creds-self-manage.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html
    """

    severity = Severity.WARNING
    kinds = frozenset(("identity", "boundary", "session", "scp"))
    effect = "Deny"
    elements = frozenset(("Condition",))
    condition_keys = frozenset(("aws:multifactorauthpresent", "aws:multifactorauthage"))
    tags = ("mfa", "availability")

    good = [
        Good(
            '{"Effect":"Deny","NotAction":["iam:CreateVirtualMFADevice","iam:EnableMFADevice","iam:GetUser",'
            '"iam:ListMFADevices","iam:ListVirtualMFADevices","iam:ResyncMFADevice","sts:GetSessionToken"],'
            '"Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}',
            why="the usual guard",
        ),
        Good(
            '{"Effect":"Deny","Action":["ec2:*","iam:Create[A-U]*","IAM:delete*"],"Resource":"*",'
            '"Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}',
            why="other actions",
        ),
        Good(
            '{"Effect":"Deny","Action":"iam:*","NotResource":["arn:aws:iam::*:mfa/${aws:username}",'
            '"arn:aws:iam::*:user/${aws:username}"],'
            '"Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}',
            why="one's own user and device are left out",
        ),
        Good(
            '{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"},'
            '"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}',
            why="at the office a device can be enrolled",
        ),
        Good(
            '{"Effect":"Deny","Action":"iam:*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}',
            why="denies those with MFA",
        ),
        Good('{"Effect":"Deny","Action":"iam:*MFADevice","Resource":"*"}', why="not about being without MFA"),
    ]
    bad = [
        Bad(
            '{"Effect":"Deny","Action":«"*"»,"Resource":"*",'
            '"Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}',
            rewritten='{"Effect":"Deny","NotAction":["iam:ChangePassword","iam:CreateVirtualMFADevice",'
            '"iam:EnableMFADevice","iam:GetAccountPasswordPolicy","iam:GetUser","iam:ListMFADevices",'
            '"iam:ListVirtualMFADevices","iam:ResyncMFADevice","sts:GetSessionToken"],"Resource":"*",'
            '"Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}',
            verdict="wider",
        ),
        Bad(
            '{"Effect":"Deny","Action":["ec2:Delete*",«"iam:*"»],"Resource":"*",'
            '"Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}',
        ),
        Bad(
            '{"Effect":"Deny",«"NotAction"»:["iam:createvirtualmfadevice","iam:EnableMFADevice"],"Resource":"*",'
            '"Condition":{"Null":{"aws:MultiFactorAuthPresent":"true"}}}',
            why="sts:GetSessionToken is not left out",
            kind="scp",
        ),
        Bad(
            '{"Effect":"Deny","Action":[«"iam:CreateVirtual*"»,«"iam:EnableMFADevice"»,«"sts:Get*"»,"s3:*"],'
            '"Resource":"*","Condition":{"BoolIfExists":{"AWS:MultiFactorAuthPresent":false}}}',
            why="each entry that does it",
        ),
        Bad(
            '{"Effect":"Deny","Action":«"iam:*"»,"Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"false"}}}',
            why="at the console",
        ),
        Bad(
            '{"Effect":"Deny","Action":«"iam:*"»,"Resource":"*","Condition":{'
            '"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"},"StringEquals":{"aws:PrincipalTag/kind":"person"}}}',
            why="nobody changes such a tag of their own",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        found = mfa_lock_out(statement, ctx.environment)
        if found is not None:
            yield self.finding(
                [key(path) if path[-1] == "NotAction" else path for path in found.places],
                f"without MFA this Deny also closes {listing(found.actions)}, so that nobody can get MFA; "
                "leave them out with NotAction",
                witness=witness(found.request, [statement.policy]),
                rewrite=partial(enrolment_left_open, statement, found.actions),
            )
