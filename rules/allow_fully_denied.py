from collections.abc import Iterator
from functools import partial

from iamlint.rule import Bad, Context, Draft, Drop, Good, Hit, Policy, PolicyRule, Severity, dead_allows


class AllowFullyDenied(PolicyRule):
    """The policy itself denies all that a statement allows.

    ## Why it matters
    A Deny wins over every Allow, so the statement gives nothing. Either somebody waits for access that never comes, or
    the Deny says more than it should, and takes away more than is noticed.

    It is decided over all actions, resources and condition keys, those to come included. Policies with more entries
    than IAM takes are left out.

    ## What to do instead
    Take the statement out, or leave what it allows out of the Deny, with `NotAction`, `NotResource` or a condition.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_AccessPolicyLanguage_Interplay.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
    """

    severity = Severity.WARNING
    several = True
    effect = "Deny"
    supersedes = frozenset(("wildcard-action", "wildcard-resource", "wildcard-service-action"))
    tags = ("redundancy", "availability")

    good = [
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*"},{"Effect":"Deny","Action":"s3:Delete*","Resource":"*"}',
            why="a part is denied",
        ),
        Good(
            '{"Effect":"Allow","Action":"iam:GetUser","Resource":"*"},{"Effect":"Deny","NotAction":"iam:*","Resource":"*"}',
        ),
        Good(
            '{"Effect":"Allow","Action":"ec2:*","Resource":"*"},{"Effect":"Deny","Action":"*","Resource":"*",'
            '"Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}',
            why="allowed with MFA",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*"},'
            '{"Effect":"Deny","Action":"s3:*","NotResource":["arn:aws:s3:::a","arn:aws:s3:::a/*"]}',
        ),
        Good(
            '{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sqs:*","Resource":"*"},'
            '{"Effect":"Deny","Principal":{"AWS":"arn:aws:iam::111122223333:role/a"},"Action":"sqs:*","Resource":"*"}',
            why="one role of the account",
        ),
    ]
    bad = [
        Bad(
            '«{"Effect":"Allow","Action":"iam:CreateUser","Resource":"*"}»,'
            '{"Effect":"Deny","Action":"IAM:create*","Resource":"*"}',
            rewritten='{"Effect":"Deny","Action":"IAM:create*","Resource":"*"}',
            verdict="unproven",
        ),
        Bad(
            '{"Effect":"Deny","NotAction":["s3:*","sqs:*"],"Resource":"*"},'
            '{"Effect":"Allow","Action":"sqs:*","Resource":"*"},«{"Effect":"Allow","Action":"sns:*","Resource":"*"}»',
        ),
        Bad(
            '«{"Effect":"Allow","Action":"ec2:*","Resource":"*","Condition":{"StringEquals":{'
            '"aws:RequestedRegion":"us-east-1"}}}»,{"Effect":"Deny","Action":"*","Resource":"*","Condition":{'
            '"StringNotEquals":{"aws:RequestedRegion":["eu-west-1","eu-central-1"]}}}',
            why="a region that is closed",
        ),
        Bad(
            '«{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::a/*"}»,'
            '{"Effect":"Deny","Action":"s3:Get*","Resource":"arn:aws:s3:::a/*"},'
            '{"Effect":"Deny","Action":"s3:Put*","Resource":"*"}',
            why="two together",
        ),
        Bad(
            '«{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/a"},"Action":"sts:AssumeRole"}»,'
            '{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole","Condition":{"StringEquals":{'
            '"aws:PrincipalAccount":"111122223333"}}}',
        ),
    ]

    def check(self, policy: Policy, ctx: Context) -> Iterator[Hit]:
        for statement, by in dead_allows(policy):
            who = "a Deny" if len(by) == 1 else f"{len(by)} Deny statements together"
            verb = "takes" if len(by) == 1 else "take"
            message = f"{who} of this policy {verb} all that this statement allows; take it out, or narrow the Deny"
            unsure = "it may be the Deny that says too much"
            rewrite = partial(Draft, "take out the Allow that is denied", (Drop(statement.path),), unsure)
            related = [(other.path, "this denies it") for other in by]
            yield self.finding(statement.path, message, related=related, rewrite=rewrite)
