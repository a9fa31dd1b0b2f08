from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, untagged_hits


class AllowWithUnsupportedTagConditionKeyForService(StatementRule):
    """A tag of the resource is demanded for actions whose requests hold no tags.

    ## Why it matters
    For such an action `aws:ResourceTag` is never there, so the condition fails and the action is not allowed by this
    statement at all. Whoever relies on it is refused.

    ## What to do instead
    Move these actions to a statement without the condition.

    ## When it can be wrong
    AWS's lists of condition keys lag behind its services; the data's date is printed with each report.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags.html
    - https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.SUGGESTION
    aws = "ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE"
    effect = "Allow"
    elements = frozenset(("Action",))
    condition_keys = frozenset(("aws:resourcetag",))
    tags = ("conditions", "tags")

    good = [
        Good(
            '{"Effect":"Allow","Action":"ec2:StartInstances","Resource":"*",'
            '"Condition":{"StringEquals":{"aws:ResourceTag/team":"a"}}}',
        ),
        Good(
            '{"Effect":"Allow","Action":"logs:PutResourcePolicy","Resource":"*",'
            '"Condition":{"StringEqualsIfExists":{"aws:ResourceTag/team":"a"}}}',
            why="met where there is no tag",
        ),
        Good(
            '{"Effect":"Allow","Action":"logs:PutResourcePolicy","Resource":"*",'
            '"Condition":{"StringNotEquals":{"aws:ResourceTag/team":"a"}}}',
            why="met where there is no tag",
        ),
        Good(
            '{"Effect":"Allow","Action":"logs:*","Resource":"*",'
            '"Condition":{"StringEquals":{"aws:ResourceTag/team":"a"}}}',
            why="some of these actions hold tags",
        ),
        Good(
            '{"Effect":"Allow","Action":"ec2:CreateVolume","Resource":"*",'
            '"Condition":{"StringLike":{"aws:ResourceTag/team":"a*"}}}',
            why="tags come with the request",
        ),
        Good(
            '{"Effect":"Allow","Action":"logs:PutResourcePolicy","Resource":"*",'
            '"Condition":{"StringEquals":{"aws:PrincipalTag/team":"a"}}}',
            why="a tag of the caller",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":«"logs:PutResourcePolicy"»,"Resource":"*",'
            '"Condition":{"StringEquals":{«"aws:ResourceTag/team"»:"a"}}}',
        ),
        Bad(
            '{"Effect":"Allow","Action":["s3:GetObject",«"S3:ListAllMyBuckets"»,«"s3:listallmybuckets"»],"Resource":"*",'
            '"Condition":{"StringLike":{«"AWS:resourcetag/team"»:"a*"}}}',
            why="one finding for the service",
        ),
        Bad(
            '{"Effect":"Allow","Action":[«"s3:ListAllMyBuckets"»,«"logs:DescribeResourcePol*"»],"Resource":"*",'
            '"Condition":{"StringEquals":{«"aws:ResourceTag/team"»:"a"}}}',
            why="all that the wildcard matches; one finding per service",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        yield from untagged_hits(self, statement, ctx.catalogue)
