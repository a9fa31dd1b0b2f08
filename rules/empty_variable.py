from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, quote, variable_hits


class EmptyVariable(StatementRule):
    """A policy variable names no key.

    ## Why it matters
    `${}` stands for nothing. AWS's validation calls the policy wrong.

    ## What to do instead
    Name a condition key, such as `${aws:username}`, or remove it.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "EMPTY_VARIABLE"
    only_variables = True
    tags = ("validity", "variables")

    good = [
        Good('{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:username}"}'),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${$}{}"}',
            why="an escape",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/{}"}',
            why="no variable",
        ),
        Good(
            '{"Version":"2008-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${}"}}',
            why="that version knows no variables",
        ),
    ]
    bad = [
        Bad('{"Effect":"Allow","Action":"s3:*","Resource":«"arn:aws:s3:::b/${}"»}'),
        Bad(
            '{"Effect":"Allow","Action":"s3:*",'
            '"Resource":["arn:aws:s3:::${aws:username}/*",«"arn:aws:s3:::b/${ }/*"»]}',
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":«"arn:aws:s3:::b/${, \'all\'}"»}',
            why="a default alone",
        ),
        Bad(
            '{"Effect":"Deny","Action":"s3:ListBucket","Resource":"*",'
            '"Condition":{"StringNotLike":{"s3:prefix":«"${}/*"»}}}',
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        yield from variable_hits(
            self,
            statement,
            "empty",
            lambda found: (
                f"the variable {quote(found.text)} names no key; name one, such as aws:username, or remove it"
            ),
        )
