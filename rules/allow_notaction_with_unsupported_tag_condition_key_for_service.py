from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, not_action_hits


class AllowNotactionWithUnsupportedTagConditionKeyForService(StatementRule):
    """An Allow with NotAction demands a tag of the resource.

    ## Why it matters
    NotAction leaves every other action of AWS, new ones too. Those whose requests hold no tags are not allowed: for
    them `aws:ResourceTag` is never there and the condition fails. What is allowed is not what is written.

    ## What to do instead
    List in Action the actions whose requests hold tags, and treat the others in a statement of their own.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags.html
    - https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.SUGGESTION
    aws = "ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE"
    effect = "Allow"
    elements = frozenset(("NotAction",))
    condition_keys = frozenset(("aws:resourcetag",))
    tags = ("conditions", "tags")

    good = [
        Good(
            '{"Effect":"Allow","Action":"ec2:StopInstances","Resource":"*",'
            '"Condition":{"StringEquals":{"aws:ResourceTag/team":"a"}}}',
        ),
        Good(
            '{"Effect":"Allow","NotAction":"iam:*","Resource":"*",'
            '"Condition":{"StringNotEquals":{"aws:ResourceTag/team":"a"}}}',
            why="met where there is no tag",
        ),
        Good(
            '{"Effect":"Allow","NotAction":"iam:*","Resource":"*",'
            '"Condition":{"StringEquals":{"aws:PrincipalTag/team":"a"}}}',
            why="a tag of the caller",
        ),
        Good(
            '{"Effect":"Deny","NotAction":"iam:*","Resource":"*",'
            '"Condition":{"StringEquals":{"aws:ResourceTag/team":"a"}}}',
            why="the other effect is another rule",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","NotAction":«"iam:*"»,"Resource":"*",'
            '"Condition":{"StringEquals":{«"aws:ResourceTag/team"»:"a"}}}',
        ),
        Bad(
            '{"Effect":"Allow","NotAction":«["iam:*","sts:*"]»,"Resource":"*",'
            '"Condition":{"StringLike":{«"aws:ResourceTag/team"»:"a*"}}}',
        ),
        Bad(
            '{"Effect":"Allow","NotAction":«"s3:*"»,"Resource":"*",'
            '"Condition":{"ForAnyValue:StringEquals":{«"AWS:resourceTag/team"»:["a","b"]}}}',
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        yield from not_action_hits(self, statement)
