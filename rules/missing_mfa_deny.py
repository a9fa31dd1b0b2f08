from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, cast

from iamlint.rule import (
    Bad,
    Context,
    Good,
    HeldPolicyRule,
    Hit,
    Policy,
    Severity,
    caller_openings,
    known,
    mfa_deny,
    open_without_mfa,
    opening_hit,
    opening_message,
    quote,
    sensitive_actions,
    witness,
)

if TYPE_CHECKING:
    from iamlint.rule import Account, Principal, User


class MissingMfaDeny(HeldPolicyRule):
    """A long-lived access key may use a sensitive action without MFA.

    ## Why it matters
    A long-lived key is a password that programs keep in files. Who finds it can do all that its user may, from
    anywhere and for as long as nobody notices, unless the policies ask for a second factor.

    Each sensitive action that the policy allows is tried as a request: a user's own key, no MFA, a resource that the
    statement is for, and values that meet its other conditions. The finding carries one request that gets through. Of
    the actions that are closed to such a key no request does: that is decided, not tried.

    ## What to do instead
    Deny sensitive actions wherever `aws:MultiFactorAuthPresent` is not `true`, with `BoolIfExists` and `false`:
    requests of a long-lived key do not carry the key at all, and plain `Bool` lets them pass. People then call
    `sts:GetSessionToken` with a one-time code and work with the session. Give machines a role instead of a key, or
    narrower policies.

    ## When it can be wrong
    A file does not tell whether its policy is for users, for their groups or for a role, and another policy can hold
    the Deny; so a finding about a policy is of the level `limited`. In an exported account each user with an active key
    is looked at with all policies that apply and the boundary; a finding about a user is of the level `full`. Which
    actions are sensitive is a choice of this rule: those that hand out rights or credentials, hide traces, open or
    destroy data.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_my-sec-creds-self-manage.html
    """

    severity = Severity.SECURITY_WARNING
    levels = {"full": Severity.SECURITY_WARNING, "limited": Severity.SUGGESTION}
    security_severity = 5.5
    kinds = frozenset(("identity",))
    needs = ("account-authorization-details", ("credential-report", "access-keys"))
    principals = frozenset(("user",))
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
        Bad(
            '{"Effect":"Allow","Action":["s3:Get*",«"iam:*"»],"Resource":"*"}',
            level="limited",
            rewritten='{"Effect":"Allow","Action":["s3:Get*","iam:*"],"Resource":"*"},'
            '{"Sid":"DenyWithoutMFA","Effect":"Deny","NotAction":["iam:ChangePassword","iam:CreateVirtualMFADevice",'
            '"iam:EnableMFADevice","iam:GetAccountPasswordPolicy","iam:GetUser","iam:ListMFADevices",'
            '"iam:ListVirtualMFADevices","iam:ResyncMFADevice","sts:GetSessionToken"],"Resource":"*",'
            '"Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}',
            verdict="narrower",
        ),
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
        Bad(
            '{"UserDetailList":[{"UserName":«"ann"»,"Arn":"arn:aws:iam::111122223333:user/ann","GroupList":["iam"],'
            '"AttachedManagedPolicies":[]},{"UserName":"bob","Arn":"arn:aws:iam::111122223333:user/bob",'
            '"GroupList":["iam","mfa"],"AttachedManagedPolicies":[]}],"GroupDetailList":[{"GroupName":"iam","Arn":'
            '"arn:aws:iam::111122223333:group/iam","GroupPolicyList":[{"PolicyName":"iam","PolicyDocument":'
            '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":«"iam:*"»,"Resource":"*"}}}],'
            '"AttachedManagedPolicies":[]},{"GroupName":"mfa","Arn":"arn:aws:iam::111122223333:group/mfa",'
            '"GroupPolicyList":[{"PolicyName":"mfa","PolicyDocument":{"Version":"2012-10-17","Statement":'
            '{"Effect":"Deny","NotAction":"sts:GetSessionToken","Resource":"*",'
            '"Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}}}],"AttachedManagedPolicies":[]}]}',
            exports=(
                '{"AccessKeyMetadata":[{"UserName":"ann","AccessKeyId":"AKIAIOSFODNN7EXAMPLE","Status":"Active",'
                '"CreateDate":"2026-09-01T00:00:00Z"},{"UserName":"bob","AccessKeyId":"AKIAI44QH8DHBEXAMPLE",'
                '"Status":"Active","CreateDate":"2026-09-01T00:00:00Z"}]}',
            ),
            why="one user's groups deny it, the other's do not; the policy itself is a limited finding",
        ),
    ]

    def check(self, policy: Policy, ctx: Context) -> Iterator[Hit]:
        found = open_without_mfa([policy], ctx.environment)
        if found.open:
            fix = "deny them with BoolIfExists `aws:MultiFactorAuthPresent` `false`"
            hit = opening_hit(self, [policy], found, "a long-lived key without MFA", fix, level="limited")
            yield hit._replace(draft=partial(mfa_deny, policy))

    def check_principal(self, principal: "Principal", account: "Account", ctx: Context) -> Iterator[Hit]:
        if not any(key.active for key in known(cast("User", principal).keys)):
            return
        open_to = caller_openings(cast("User", principal), account, ctx.environment)
        if open_to.found.open:
            first = open_to.found.first
            fix = "deny such actions with BoolIfExists `aws:MultiFactorAuthPresent` `false`"
            what = f"an active access key of {quote(principal.name)}, without MFA,"
            yield self.finding(
                principal.spot.at("UserName"),
                opening_message(open_to.found, what, fix),
                related=[(open_to.spot, "this allows it")] if open_to.spot is not None else [],
                witness=witness(first.request, open_to.policies) if first.outright else None,
            )
