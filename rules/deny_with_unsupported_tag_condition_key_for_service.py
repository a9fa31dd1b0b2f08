from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, untagged_hits


class DenyWithUnsupportedTagConditionKeyForService(StatementRule):
    """A Deny demands a tag of the resource for actions whose requests hold no tags.

    ## Why it matters
    For such an action `aws:ResourceTag` is never there, so the condition fails and the Deny does not deny the action.

    ## What to do instead
    Deny these actions in a statement without the condition, or limit who may call them in another way.

    ## When it can be wrong
    AWS's lists of condition keys lag behind its services; the data's date is printed with each report. A wildcard is
    reported as soon as some of the actions that it matches hold no tags, as AWS does.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags.html
    - https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.SECURITY_WARNING
    security_severity = 5.5
    aws = "DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE"
    effect = "Deny"
    elements = frozenset(("Action",))
    condition_keys = frozenset(("aws:resourcetag",))
    tags = ("security", "conditions", "tags")

    good = [
        Good(
            '{"Effect":"Deny","Action":"ec2:StopInstances","Resource":"*",'
            '"Condition":{"StringEquals":{"aws:ResourceTag/team":"a"}}}',
        ),
        Good(
            '{"Effect":"Deny","Action":"logs:PutResourcePolicy","Resource":"*",'
            '"Condition":{"StringNotEquals":{"aws:ResourceTag/team":"a"}}}',
            why="denies where there is no tag",
        ),
        Good(
            '{"Effect":"Deny","Action":"logs:PutResourcePolicy","Resource":"*",'
            '"Condition":{"StringEqualsIfExists":{"aws:ResourceTag/team":"a"}}}',
            why="denies where there is no tag",
        ),
        Good(
            '{"Effect":"Allow","Action":"logs:PutResourcePolicy","Resource":"*",'
            '"Condition":{"StringEquals":{"aws:ResourceTag/team":"a"}}}',
            why="Allow is another rule",
        ),
        Good(
            '{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/team":"a"}}}',
            why="names no service",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Deny","Action":«"logs:PutResourcePolicy"»,"Resource":"*",'
            '"Condition":{"StringEquals":{«"aws:ResourceTag/team"»:"a"}}}',
        ),
        Bad(
            '{"Effect":"Deny","Action":["ec2:StopInstances",«"logs:Put*"»],"Resource":"*",'
            '"Condition":{"StringLike":{«"aws:ResourceTag/team"»:"a*"}}}',
            why="some that the wildcard matches",
        ),
        Bad(
            '{"Effect":"Deny","Action":[«"s3:ListAllMyBuckets"»,«"logs:PutResourcePolicy"»],"Resource":"*",'
            '"Condition":{"StringEquals":{«"aws:ResourceTag/team"»:"a"}}}',
            why="one finding per service",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        yield from untagged_hits(self, statement, ctx.catalogue)
