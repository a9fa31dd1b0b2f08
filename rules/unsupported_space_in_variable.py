from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, Variable, quote, variable_hits


class UnsupportedSpaceInVariable(StatementRule):
    """A policy variable holds a space outside of its default.

    ## Why it matters
    AWS's validation calls the policy wrong. Only behind the comma before a default, and inside the default, a space may
    stand.

    ## What to do instead
    Remove it: `${aws:username}`. A tag whose key holds a space cannot be used in a variable.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "UNSUPPORTED_SPACE_IN_VARIABLE"
    only_variables = True
    tags = ("validity", "variables")

    good = [
        Good('{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:username}"}'),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:username, \'a b\'}"}',
            why="before and inside the default",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/my file/${aws:username}"}',
            why="outside of the variable",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${ }"}',
            why="an empty variable is another rule",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":«"arn:aws:s3:::b/${aws: username}"»}',
            rewritten='{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:username}"}',
            verdict="incomparable",
        ),
        Bad('{"Effect":"Allow","Action":"s3:*","Resource":["*",«"arn:aws:s3:::b/${ aws:username }"»]}'),
        Bad(
            '{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*",'
            '"Condition":{"StringLike":{"s3:prefix":["",«"${aws:PrincipalTag/my team}/*"»]}}}',
            why="even where a tag has such a key",
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":«"arn:aws:s3:::b/${aws:username , \'a\'}"»}',
            why="before the comma",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        yield from variable_hits(
            self,
            statement,
            "space",
            lambda found: f"the variable {quote(found.text)} holds a space; write {quote(_joined(found))}",
            _joined,
        )


def _joined(variable: Variable) -> str:
    """The variable with the white space of its name removed."""
    return variable.text.replace(variable.name, "".join(variable.name.split()), 1)
