from collections.abc import Iterator
from functools import partial

from iamlint.rule import Bad, Context, Draft, Drop, Good, Hit, Policy, PolicyRule, Severity, covered_statements


class StatementCoveredByOthers(PolicyRule):
    """Other statements of the policy say all that a statement says.

    ## Why it matters
    Without the statement the policy would mean the same. It uses up the few characters that a policy may have, and it
    misleads: whoever narrows it, or adds a condition to it, changes nothing. If it has conditions that the others lack,
    they limit nothing even now.

    It is decided over all actions, resources and condition keys, those to come included. Policies with more entries
    than IAM takes are left out.

    ## What to do instead
    Take the statement out. If its limits are meant, put them on the wider statement.

    ## When it can be wrong
    Where the statement is kept for its Sid or as documentation. One that only repeats another is `redundant-statement`.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_statement.html
    """

    severity = Severity.SUGGESTION
    several = True
    tags = ("redundancy",)

    good = [
        Good(
            '{"Effect":"Allow","Action":"s3:Get*","Resource":"*"},{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::a"}',
            why="each says something of its own",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"},{"Effect":"Deny","Action":"s3:*","Resource":"*"}',
            why="one denies",
        ),
        Good(
            '{"Effect":"Allow","Action":"ec2:Start*","Resource":"*"},{"Effect":"Allow","Action":"ec2:*","Resource":"*",'
            '"Condition":{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}}',
            why="the wider one has a condition",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::a/${aws:username}/*"},'
            '{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::a/home/*"}',
            why="a user may be called otherwise",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*"},{"Effect":"Allow","Action":["S3:*"],"Resource":"*"}',
            why="the same twice is redundant-statement",
        ),
        Good(
            '{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sqs:*","Resource":"*"},'
            '{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::444455556666:role/a"},"Action":"sqs:SendMessage",'
            '"Resource":"*"}',
            why="another account",
        ),
    ]
    bad = [
        Bad(
            '«{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*"}»,'
            '{"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::*"}',
            rewritten='{"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::*"}',
            verdict="equivalent",
        ),
        Bad(
            '{"Effect":"Allow","Action":"ec2:*","Resource":"*"},«{"Effect":"Allow","Action":"EC2:stopInstances",'
            '"Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}»',
            why="its condition limits nothing",
        ),
        Bad(
            '{"Effect":"Allow","Action":["sqs:*","sns:List*"],"Resource":"*"},'
            '«{"Effect":"Allow","Action":["sqs:SendMessage","sns:Publish"],"Resource":"arn:aws:sns:*:111122223333:a"}»,'
            '{"Effect":"Allow","Action":"sns:*","Resource":"arn:aws:sns:*:111122223333:*"}',
            why="two others together",
        ),
        Bad(
            '{"Effect":"Deny","NotAction":"iam:*","Resource":"*"},«{"Effect":"Deny","Action":"ec2:Run*","Resource":"*"}»',
            kind="scp",
        ),
        Bad(
            '{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/25"}}},'
            '«{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}}}»',
            why="who is outside of the whole network is outside of its half",
        ),
        Bad(
            '{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sqs:*","Resource":"*"},'
            '«{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"sqs:SendMessage",'
            '"Resource":"*"}»',
        ),
    ]

    def check(self, policy: Policy, ctx: Context) -> Iterator[Hit]:
        for statement, by in covered_statements(policy):
            verb, verbs = ("allow", "allows") if statement.allows else ("deny", "denies")
            who = f"another statement {verbs}" if len(by) == 1 else f"{len(by)} other statements together {verb}"
            message = f"{who} all that this one {verbs}; take it out"
            if "Condition" in statement and not any("Condition" in other for other in by):
                message = f"{who} all that this one {verbs}, whatever its conditions; take it out, or put them there"
            rewrite = partial(Draft, "take out the statement that others cover", (Drop(statement.path),))
            related = [(other.path, f"this {verbs} it") for other in by]
            yield self.finding(statement.path, message, related=related, rewrite=rewrite)
