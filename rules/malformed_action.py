from collections.abc import Iterator
from functools import partial

from iamlint.rule import (
    Bad,
    Context,
    Draft,
    Good,
    Hit,
    Item,
    Severity,
    Statement,
    StatementRule,
    action_items,
    entry_written,
    malformed,
    quote,
    well_formed,
)


class MalformedAction(StatementRule):
    """An action is not of the form `service:Name`.

    ## Why it matters
    IAM refuses to save the policy. An action is the prefix of a service, one colon and the name of an action or a
    pattern for names; only `*` stands without a colon.

    ## What to do instead
    Write `s3:GetObject` for one action, `s3:Get*` for several, `*` for all of every service.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
    """

    severity = Severity.ERROR
    elements = frozenset(("Action", "NotAction"))
    only_irregular = True
    tags = ("validity",)

    good = [
        Good('{"Effect":"Allow","Action":"*","Resource":"*"}'),
        Good('{"Effect":"Allow","Action":["s3:GetObject","s3:*","S3:GETOBJECT"],"Resource":"*"}'),
        Good('{"Effect":"Allow","Action":"*:*","Resource":"*"}', why="a wildcard for the service is another rule"),
        Good('{"Effect":"Allow","Action":"nosuch:Thing","Resource":"*"}', why="well-formed, though no such service"),
        Good('{"Effect":"Allow","Action":[7],"Resource":"*"}', why="a wrong type is another rule"),
    ]
    bad = [
        Bad('{"Effect":"Allow","Action":«"GetObject"»,"Resource":"*"}'),
        Bad('{"Effect":"Allow","Action":«"s3*"»,"Resource":"*"}', why="a pattern needs its colon too"),
        Bad('{"Effect":"Allow","Action":["s3:Get*",«"s3:Get:Object"»],"Resource":"*"}'),
        Bad('{"Effect":"Deny","NotAction":[«":GetObject"»,«"s3:"»],"Resource":"*"}'),
        Bad(
            '{"Effect":"Allow","Action":[«"s3.PutObject"»,«"DeleteObject"»,"s3:Get*"],"Resource":"*"}',
            rewritten='{"Effect":"Allow","Action":["s3:PutObject","s3:DeleteObject","s3:Get*"],"Resource":"*"}',
            verdict="wider",
        ),
        Bad('{"Effect":"Allow","Action":«"s3: GetObject"»,"Resource":"*"}'),
        Bad('{"Effect":"Allow","Action":«""»,"Resource":"*"}'),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for item in action_items(statement):
            defect = malformed(item.text)
            if defect:
                subject = quote(item) if item.text else "an action"
                yield self.finding(
                    item, f"{subject} {defect}; write `service:Action`", rewrite=partial(_rewrite, statement, item, ctx)
                )


def _rewrite(statement: Statement, item: Item, ctx: Context) -> Draft | None:
    return entry_written(statement.policy, item.path, well_formed(statement, item.text, ctx.catalogue))
