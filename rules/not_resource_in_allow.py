from collections.abc import Iterator
from functools import partial

from iamlint.rule import (
    GRANTING_KINDS,
    Bad,
    Context,
    Good,
    Hit,
    Severity,
    Statement,
    StatementRule,
    instead_of_not_resource,
    is_all_actions,
    is_every_arn,
    key,
    level_of,
    listing,
    reach,
)


class NotResourceInAllow(StatementRule):
    """An Allow statement grants actions on every resource but some.

    ## Why it matters
    `NotResource` reads like a ban and is a grant: on all other resources of the account, in services that nobody
    thought of, and on those that are made tomorrow. It denies nothing either: another statement can grant the same
    actions on what it leaves out.

    ## What to do instead
    Name the resources under `Resource`. To keep hands off some, add a Deny statement with them under `Resource`.

    ## When it can be wrong
    An administrator of all but a few resources may need it. The level is `limited` under a condition, where a Deny of
    the same policy stands against all of the actions, and where they only list and read.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notresource.html
    """

    severity = Severity.SECURITY_WARNING
    levels = {"full": Severity.SECURITY_WARNING, "limited": Severity.SUGGESTION}
    security_severity = 5.5
    kinds = GRANTING_KINDS
    effect = "Allow"
    elements = frozenset(("NotResource",))
    tags = ("security", "least-privilege", "external/cwe/cwe-732")

    good = [
        Good('{"Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::reports/*"}'),
        Good('{"Effect":"Deny","Action":"s3:*","NotResource":"arn:aws:s3:::reports/*"}', why="a Deny on all but some"),
        Good('{"Effect":"Allow","Action":"s3:PutObject","NotResource":"*"}', why="leaves out all: grants nothing"),
        Good('{"Effect":"Allow","Action":"s3:*","NotResource":"arn:aws:s3:::a"}', kind="boundary", why="a ceiling"),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":["sqs:SendMessage","sqs:ListQueues"],'
            '«"NotResource"»:"arn:aws:sqs:*:111122223333:audit"}',
            environment={"accounts": ["111122223333"]},
            rewritten='{"Effect":"Allow","Action":["sqs:SendMessage"],"Resource":"arn:aws:sqs:*:111122223333:*"},{'
            '"Effect":"Allow","Action":"sqs:ListQueues","Resource":"*"},{"Effect":"Deny",'
            '"Action":["sqs:SendMessage","sqs:ListQueues"],"Resource":"arn:aws:sqs:*:111122223333:audit"}',
            verdict="narrower",
        ),
        Bad('{"Effect":"Allow","Action":"s3:PutObject",«"NotResource"»:"arn:aws:s3:::secret/*"}'),
        Bad('{"Effect":"Allow","Action":"*",«"NotResource"»:["arn:aws:s3:::a","arn:aws:s3:::b"]}'),
        Bad('{"Effect":"Allow","NotAction":"iam:*",«"NotResource"»:"arn:aws:s3:::a"}'),
        Bad('{"Effect":"Allow","Action":"s3:GetObject",«"NotResource"»:"arn:aws:s3:::secret/*"}', level="limited"),
        Bad(
            '{"Effect":"Allow","Action":"s3:PutObject",«"NotResource"»:"arn:aws:s3:::secret/*",'
            '"Condition":{"StringEquals":{"aws:ResourceAccount":"111122223333"}}}',
            level="limited",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        if any(is_every_arn(item.text) for item in statement.not_resources):
            return
        everything = "Action" not in statement or any(is_all_actions(item.text) for item in statement.actions)
        patterns = ["*"] if everything else [item.text for item in statement.actions]
        levels = {level_of(statement, pattern) for pattern in patterns} - {None}
        if not levels:
            return
        if not everything and not reach(statement, ctx.catalogue).writing:
            levels = {"limited"}
        left_out = listing((item.text for item in statement.not_resources), 3) or "nothing"
        yield self.finding(
            key(statement.at("NotResource")),
            f"NotResource grants the actions on every resource but {left_out}; name the resources under Resource",
            level="full" if "full" in levels else "limited",
            rewrite=partial(instead_of_not_resource, statement, ctx),
        )
