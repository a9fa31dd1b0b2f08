from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Policy, PolicyRule, Severity, redundant_entries


class RedundantAction(PolicyRule):
    """An entry of Action or NotAction is covered by another entry of the same list.

    ## Why it matters
    It changes nothing, uses up the few characters that a policy may have, and hides from the reader how far the
    covering entry reaches: beside `s3:Get*`, a careful `s3:GetObject` says nothing.

    ## What to do instead
    Take the covered entries out, or, if only they are meant, the one that covers them.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.SUGGESTION
    aws = "REDUNDANT_ACTION"
    elements = frozenset(("Action", "NotAction"))
    lists = frozenset(("Action", "NotAction"))
    tags = ("redundancy",)

    good = [
        Good('{"Effect":"Allow","Action":["s3:Get*","s3:PutObject","s3:*Acl"],"Resource":"*"}', why="they overlap"),
        Good('{"Effect":"Allow","Action":["s3:GetObject?","s3:GetObject*Version"],"Resource":"*"}'),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::a"},'
            '{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::a"}',
            why="statements are not compared with each other",
        ),
        Good('{"Effect":"Deny","Action":["s3:GetObject","s3:GetObjectAcl"],"Resource":"*"}', why="no pattern"),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":[«"iam:Get*"»,«"iam:GetUser"»],"Resource":"*"}',
            rewritten='{"Effect":"Allow","Action":["iam:Get*"],"Resource":"*"}',
            verdict="equivalent",
        ),
        Bad('{"Effect":"Allow","Action":["sns:Tag*",«"sns:List"»,«"SNS:list"»],"Resource":"*"}', why="case is ignored"),
        Bad(
            '{"Effect":"Deny","NotAction":[«"s3:GetObjectAcl"»,«"s3:get*"»,"s3:Put*",«"s3:GetObject*"»,«"s3:Get*"»],'
            '"Resource":"*"}',
            why="each belongs to the shortest entry that covers it",
            rewritten='{"Effect":"Deny","NotAction":["s3:get*","s3:Put*"],"Resource":"*"}',
            verdict="equivalent",
        ),
        Bad('{"Effect":"Allow","Action":[«"ec2:*"»,«"*"»,«"s3:GetObject"»],"Resource":"*"}'),
        Bad(
            '{"Effect":"Allow","Action":[«"s3:G*"»,«"s3:GetX"»,«"s3:P*"»,«"s3:PutX"»],"Resource":"*"}', why="two groups"
        ),
        Bad('{"Effect":"Allow","Action":[«"kms:*crypt"»,«"kms:Re*crypt"»,"kms:Sign"],"Resource":"*"}', kind="scp"),
    ]

    def check(self, policy: Policy, ctx: Context) -> Iterator[Hit]:
        yield from redundant_entries(self, policy, ("Action", "NotAction"))
