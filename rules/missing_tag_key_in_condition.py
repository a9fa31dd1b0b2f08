from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, faulty_keys, quote


class MissingTagKeyInCondition(StatementRule):
    """A condition on a tag does not say which tag.

    ## Why it matters
    IAM refuses to save the policy, or the key is absent from every request: an Allow gives nothing, a Deny stops
    nobody.

    ## What to do instead
    Write the key of the tag behind a slash: `aws:ResourceTag/team`. What keys the tags of a request have is asked by
    `aws:TagKeys`.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "MISSING_TAG_KEY_IN_CONDITION"
    elements = frozenset(("Condition",))
    tags = ("validity",)

    good = [
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/team":"x",'
            '"aws:resourcetag/aws:x":"x"},"ForAnyValue:StringEquals":{"aws:TagKeys":"team"}}}'
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Null":{"s3:ExistingObjectTag/x":"true"}}}'
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:ObjectTag":"x"}}}',
            why="no such key: another rule",
        ),
        Good(
            '{"Effect":"Allow","Action":"datapipeline:*","Resource":"*",'
            '"Condition":{"StringEquals":{"datapipeline:Tag":"x"}}}',
            why="there is such a key",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{«"aws:PrincipalTag"»:"x"}}}'
        ),
        Bad(
            '{"Effect":"Allow","Action":"ec2:*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/a":"x",'
            '«"aws:resourcetag/"»:"x"},"Null":{«"aws:RequestTag"»:"false"}}}'
        ),
        Bad(
            '{"Effect":"Deny","Action":"ec2:*","Resource":"*","Condition":{"StringLike":{«"EC2:ResourceTag"»:"x*",'
            '«"s3:ExistingObjectTag"»:"x*"}}}',
            why="services' own keys",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for condition in faulty_keys(statement, ctx, "tag"):
            name = condition.key.removesuffix("/")
            yield self.finding(condition, f"{quote(condition.key)} names no tag; write {quote(name + '/')} and its key")
