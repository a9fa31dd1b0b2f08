from collections.abc import Iterator

from iamlint.rule import (
    Bad,
    Context,
    Good,
    Hit,
    Severity,
    Statement,
    StatementRule,
    action_items,
    has_wildcard,
    quote,
    resource_items,
)


class WildcardInServiceName(StatementRule):
    """A wildcard stands for the service of an action or of an ARN.

    ## Why it matters
    Such a pattern reaches into services that nobody thought of, and into each that AWS adds. IAM refuses some of
    them.

    ## What to do instead
    Write the prefix of the service; one entry for each service that is meant.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.SUGGESTION
    aws = "WILDCARD_IN_SERVICE_NAME"
    elements = frozenset(("Action", "NotAction", "Resource", "NotResource"))
    only_irregular = True
    tags = ("least-privilege",)

    good = [
        Good('{"Effect":"Allow","Action":"*","Resource":"*"}', why="all, as a whole value"),
        Good('{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::*"}'),
        Good(
            '{"Effect":"Allow","Action":"s3:Get*","Resource":"arn:*:s3:*:*:b-?/*"}',
            why="partition, region, account and name may be patterns",
        ),
        Good('{"Effect":"Allow","Action":"s*","Resource":"*"}', why="no colon: another rule"),
    ]
    bad = [
        Bad('{"Effect":"Allow","Action":«"s*:GetObject"»,"Resource":"*"}'),
        Bad('{"Effect":"Deny","NotAction":[«"?3:*"»,"iam:*",«"*:*"»],"Resource":"*"}'),
        Bad('{"Effect":"Allow","Action":"s3:*","Resource":«"arn:aws:*code*::111122223333:*"»}'),
        Bad('{"Effect":"Deny","Action":"s3:*","NotResource":["*",«"arn:aws:*:*:*:*"»]}'),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for item in action_items(statement):
            service, colon, _ = item.text.partition(":")
            if colon and "${" not in item.text and has_wildcard(service):
                yield self.finding(item, f"{quote(item)} leaves the service open; write its prefix")
        for item in resource_items(statement):
            fields = item.text.split(":", 3)
            if len(fields) > 2 and fields[0] == "arn" and "${" not in fields[2] and has_wildcard(fields[2]):
                yield self.finding(item, f"{quote(item)} leaves the service open; name it in the third field")
