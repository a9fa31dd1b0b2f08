from collections.abc import Iterator
from functools import partial

from iamlint.rule import Bad, Context, Draft, Drop, Good, Hit, Policy, PolicyRule, Severity, idle_denies, is_complement

_ALONE = frozenset(("trust", "endpoint"))
"""Kinds of policies without whose Allow there is no access: nobody else's Allow can be meant."""


class DenyHasNoEffect(PolicyRule):
    """A Deny denies nothing that the policy allows.

    ## Why it matters
    The statement looks like a limit on what the policy allows and is none: its resources, conditions or principals
    never fit. Usually a name has changed, or one of two patterns is misspelt, and what was to be denied is allowed.

    It is decided over all actions, resources and condition keys, those to come included. Policies with more entries
    than IAM takes are left out.

    ## What to do instead
    Correct the resource, condition or principal that does not fit, or take the statement out.

    ## When it can be wrong
    A Deny also holds against other policies of the same user, group or role. Where it is about none of the policy's own
    actions, that is what it is for; so it is where it denies all but something, with `NotAction`, `NotResource` or
    conditions other than on equal texts. Neither is reported. Nor is a Deny in the policy of a resource, a boundary or
    a control policy, where access comes from elsewhere. A role's trust policy and an endpoint policy must allow by
    themselves, so each Deny that takes nothing of that is reported.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_effect.html
    """

    severity = Severity.SUGGESTION
    several = True
    kinds = frozenset(("identity", "trust", "endpoint"))
    effect = "Deny"
    tags = ("redundancy",)

    good = [
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::*"},'
            '{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::secret/*"}',
        ),
        Good('{"Effect":"Deny","Action":"iam:*","Resource":"*"}', why="for other policies"),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*"},{"Effect":"Deny","Action":"iam:*","Resource":"*"}',
            why="other actions: for other policies",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::a/*"},'
            '{"Effect":"Deny","Action":"s3:*","NotResource":"arn:aws:s3:::a/*"}',
            why="all but one bucket, whoever allows more",
        ),
        Good(
            '{"Effect":"Allow","Action":"ec2:*","Resource":"*","Condition":{"StringEquals":{'
            '"aws:RequestedRegion":"eu-west-1"}}},{"Effect":"Deny","Action":"ec2:*","Resource":"*","Condition":{'
            '"StringNotEquals":{"aws:RequestedRegion":"eu-west-1"}}}',
            why="belt and braces",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::a"},'
            '{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::b"}',
            kind="scp",
            why="another SCP may allow it",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":["arn:aws:s3:::logs","arn:aws:s3:::logs/*"]},'
            '«{"Effect":"Deny","Action":"s3:Delete*","Resource":"arn:aws:s3:::log/*"}»',
            rewritten='{"Effect":"Allow","Action":"s3:*","Resource":["arn:aws:s3:::logs","arn:aws:s3:::logs/*"]}',
            verdict="wider",
        ),
        Bad(
            '{"Effect":"Allow","Action":"ec2:*","Resource":"*","Condition":{"StringEquals":{'
            '"aws:RequestedRegion":"eu-west-1"}}},«{"Effect":"Deny","Action":"EC2:terminate*","Resource":"*","Condition":{'
            '"StringEquals":{"aws:RequestedRegion":"us-east-1"}}}»',
        ),
        Bad(
            '{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"},'
            '«{"Effect":"Deny","Principal":{"AWS":"111122223333"},"Action":"sts:*"}»',
            kind="trust",
            why="a role's trust policy lets in whom it names and nobody else",
            rewritten='{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}',
            verdict="wider",
        ),
        Bad(
            '{"Effect":"Allow","Principal":"*","Action":"s3:Get*","Resource":"*"},'
            '«{"Effect":"Deny","Principal":"*","Action":"s3:Put*","Resource":"*"}»',
            kind="endpoint",
        ),
    ]

    def check(self, policy: Policy, ctx: Context) -> Iterator[Hit]:
        alone = policy.kind in _ALONE
        for statement, near in idle_denies(policy):
            if not alone and (not near or is_complement(statement)):
                continue
            if near:
                message = "this Deny never meets what the policy allows of the same actions; correct what does not fit"
            else:
                message = "this Deny is about no action that the policy allows; take it out"
            related = [(other.path, "this allows such actions") for other in near[:3]]
            rewrite = partial(Draft, "take out the Deny that denies nothing", (Drop(statement.path),))
            yield self.finding(statement.path, message, related=related, rewrite=rewrite)
