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
    instead_of_not_action,
    is_all_actions,
    key,
    level_of,
    listing,
    one_service_each,
)


class NotActionInAllow(StatementRule):
    """An Allow statement grants every action but some.

    ## Why it matters
    `NotAction` reads like a ban and is a grant: all other actions of all services, and whatever AWS adds to them. It
    denies nothing either: another statement can grant what it leaves out.

    ## What to do instead
    List the actions in use under `Action`. To forbid some, write a Deny statement with them under `Action`.

    ## When it can be wrong
    Together with resources of one service it says "everything but that on these", which can be meant; the level is then
    `limited`, as it is under a condition or where a Deny of the same policy stands against all of it.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html
    """

    severity = Severity.SECURITY_WARNING
    levels = {"full": Severity.SECURITY_WARNING, "limited": Severity.SUGGESTION}
    security_severity = 8.0
    kinds = GRANTING_KINDS | {"trust"}
    effect = "Allow"
    elements = frozenset(("NotAction",))
    tags = ("security", "least-privilege", "external/cwe/cwe-250")

    good = [
        Good('{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}'),
        Good('{"Effect":"Deny","NotAction":["sts:*","iam:*MFADevice"],"Resource":"*"}', why="a Deny of all but some"),
        Good('{"Effect":"Allow","NotAction":["iam:*","*"],"Resource":"*"}', why="leaves out all: grants nothing"),
        Good('{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}', kind="scp", why="a ceiling, not a grant"),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow",«"NotAction"»:["rds-db:connect","s3:*"],'
            '"Resource":"arn:aws:sqs:eu-west-1:111122223333:jobs"}',
            rewritten='{"Effect":"Allow","Action":"sqs:*","Resource":"arn:aws:sqs:eu-west-1:111122223333:jobs"}',
            verdict="narrower",
            level="limited",
        ),
        Bad('{"Effect":"Allow",«"NotAction"»:"iam:*","Resource":"*"}'),
        Bad(
            '{"Effect":"Allow",«"NotAction"»:["iam:*","sts:*"],"Resource":"arn:aws:*"}', why="resources of any service"
        ),
        Bad('{"Effect":"Allow",«"NotAction"»:"iam:*","NotResource":"arn:aws:s3:::a"}', why="twice the rest"),
        Bad('{"Effect":"Allow",«"NotAction"»:"s3:DeleteBucket","Resource":"arn:aws:s3:::*"}', level="limited"),
        Bad(
            '{"Effect":"Allow",«"NotAction"»:"iam:*","Resource":"*",'
            '"Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}',
            level="limited",
        ),
        Bad(
            '{"Version":"2012-10-17","Statement":[{"Effect":"Allow",«"NotAction"»:"iam:*","Resource":"*"},{"Effect":"Deny",'
            '"NotAction":"s3:*","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}]}',
            level="limited",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        level = level_of(statement, "*")
        if level is None or any(is_all_actions(item.text) for item in statement.not_actions):
            return
        left_out = listing((item.text for item in statement.not_actions), 3) or "nothing"
        what = "every action"
        if one_service_each(statement.resources):
            level, what = "limited", "every action on these resources"
        message = f"NotAction grants {what} but {left_out}; list under Action what is in use"
        rewrite = partial(instead_of_not_action, statement, ctx)
        yield self.finding(key(statement.at("NotAction")), message, level=level, rewrite=rewrite)
