from collections.abc import Iterator

from iamlint.rule import (
    Bad,
    Condition,
    Context,
    Good,
    Hit,
    Severity,
    Statement,
    StatementRule,
    listing,
    parse_operator,
    quote,
    unsupplied_keys,
)


class ConditionKeyNotSupplied(StatementRule):
    """A condition tests a service's key that no action of the statement supplies.

    ## Why it matters
    Requests for these actions never hold the key. The condition has the same outcome each time: mostly an Allow gives
    nothing, or a Deny stops nobody, while operators that hold without the key limit nothing.

    ## What to do instead
    Put the condition into a statement of the actions that supply the key, or test a key that these actions supply. The
    service's page of the Service Authorization Reference says which those are.

    ## When it can be wrong
    AWS's lists do not name every key of every action. Statements with actions that they do not know, with a wildcard
    for the service or with `NotAction` are left alone, and so are global keys and those that come with the caller's
    credentials.

    ## References
    - https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """

    severity = Severity.SUGGESTION
    elements = frozenset(("Condition",))
    only_named = True
    tags = ("validity",)

    good = [
        Good(
            '{"Effect":"Allow","Action":["s3:ListBucket","s3:GetObject"],"Resource":"*",'
            '"Condition":{"StringLike":{"S3:Prefix":"home/*"}}}',
            why="one of the actions supplies it",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:List*","Resource":"*","Condition":{"StringLike":{"s3:prefix":"home/*"}}}',
        ),
        Good(
            '{"Effect":"Allow","Action":"ec2:CreateImage","Resource":"*","Condition":{"ArnLike":'
            '{"ec2:SourceInstanceARN":"arn:aws:ec2:*:111122223333:instance/*"},"StringEquals":{"aws:TagKeys":"x"}}}',
            why="a key of the caller's credentials, a global key",
        ),
        Good(
            '{"Effect":"Deny","Action":["s3:GetObject","s3:NoSuchAction"],"Resource":"*",'
            '"Condition":{"StringLike":{"s3:prefix":"home/*"}}}',
            why="nobody knows what an unknown action supplies",
        ),
        Good(
            '{"Effect":"Allow","Action":"ec2:StartInstances","Resource":"*",'
            '"Condition":{"StringEquals":{"ec2:ResourceTag/team":"x"}}}',
            why="the key belongs to the instances that the action names",
        ),
        Good('{"Effect":"Deny","NotAction":"s3:*","Resource":"*","Condition":{"Null":{"s3:prefix":"true"}}}'),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*",'
            '"Condition":{"StringLike":{«"s3:prefix"»:"home/*"}}}',
            why="only requests that list objects have a prefix",
        ),
        Bad(
            '{"Effect":"Allow","Action":["s3:getobject","s3:Put*"],"Resource":"*",'
            '"Condition":{"StringEquals":{«"kms:ViaService"»:"s3.eu-west-1.amazonaws.com","s3:signatureversion":"x"}}}',
            why="a key of another service",
        ),
        Bad(
            '{"Effect":"Deny","Action":"iam:CreateRole","Resource":"*",'
            '"Condition":{"StringNotEqualsIfExists":{«"iam:PassedToService"»:"ec2.amazonaws.com"}}}',
            why="denies always",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for condition, suppliers in unsupplied_keys(statement, ctx):
            what = f"no action here supplies {quote(condition.key)}, so the condition {_outcome(condition)}"
            yield self.finding(condition, f"{what}; it belongs to {listing(suppliers, 3)}")


def _outcome(condition: Condition) -> str:
    operator = parse_operator(condition.operator)
    if operator is None or (operator.family == "Null" and not operator.quantifier):
        holds = any(item.text.lower() == "true" for item in condition.values)
    else:
        holds = operator.holds_without_key
    return "always holds" if holds else "never holds"
