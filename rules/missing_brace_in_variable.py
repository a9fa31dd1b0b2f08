from collections.abc import Iterator
from functools import partial

from iamlint.rule import (
    Bad,
    Context,
    Good,
    Hit,
    Severity,
    Statement,
    StatementRule,
    Variable,
    condition_key,
    quote,
    variable_hits,
)


class MissingBraceInVariable(StatementRule):
    """A policy variable is never closed.

    ## Why it matters
    Without its closing brace `${aws:username` is no variable. AWS's validation calls the policy wrong, and the
    statement does not match what it was written for.

    ## What to do instead
    Close it: `${aws:username}`.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "MISSING_BRACE_IN_VARIABLE"
    only_variables = True
    tags = ("validity", "variables")

    good = [
        Good('{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:username}"}'),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/$x{a"}',
            why="no variable",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${*}${aws:username, \'all\'}"}',
            why="an escape and a default",
        ),
        Good(
            '{"Version":"2008-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${a"}}',
            why="that version knows no variables",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":«"arn:aws:s3:::b/${aws:username"»}',
            rewritten='{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:username}"}',
            verdict="incomparable",
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*",'
            '"Resource":["*",«"arn:aws:s3:::b/${aws:PrincipalTag/a/${aws:username}"»]}',
            why="the next one begins before",
        ),
        Bad(
            '{"Effect":"Deny","Action":"s3:ListBucket","NotResource":"arn:aws:s3:::b",'
            '"Condition":{"StringLike":{"s3:prefix":["",«"home/${aws:username/*"»]}}}',
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        yield from variable_hits(
            self,
            statement,
            "brace",
            lambda found: f"the variable {quote(found.text)} is never closed; write }} behind its key",
            partial(_closed, ctx),
        )


def _closed(ctx: Context, variable: Variable) -> str | None:
    """The variable closed behind the key that it begins with; None where that is no key without a tag in it."""
    name, slash, rest = variable.name.partition("/")
    known = condition_key(name, ctx)
    return f"${{{name}}}{slash}{rest}" if known and not known.name.count("/") else None
