from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, Variable, quote, variable_hits


class MissingQuoteInVariable(StatementRule):
    """The default of a policy variable does not stand in single quotes.

    ## Why it matters
    A default counts only between two single quotes. AWS's validation calls the policy wrong.

    ## What to do instead
    Write a comma, a space and the default in single quotes: `${aws:PrincipalTag/team, 'shared'}`.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "MISSING_QUOTE_IN_VARIABLE"
    only_variables = True
    tags = ("validity", "variables")

    good = [
        Good('{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:PrincipalTag/team, \'all\'}"}'),
        Good('{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:username}"}'),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:PrincipalTag/team, \'my team\'}"}',
            why="a space inside the quotes",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:PrincipalTag/team, \'\'}"}',
            why="an empty default",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":«"arn:aws:s3:::b/${aws:PrincipalTag/team, all}"»}',
            rewritten='{"Effect":"Allow","Action":"s3:*",'
            '"Resource":"arn:aws:s3:::b/${aws:PrincipalTag/team, \'all\'}"}',
            verdict="wider",
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":["*",«"arn:aws:s3:::b/${aws:PrincipalTag/team, \'all}"»]}',
            why="only one quote",
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*",'
            '"Condition":{"StringLike":{"s3:prefix":«"${aws:username,\\"x\\"}/*"»}}}',
            why="double quotes",
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":«"arn:aws:s3:::b/${aws:PrincipalTag/team,}"»}',
            why="a comma and nothing behind it",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        yield from variable_hits(
            self,
            statement,
            "quote",
            lambda found: (
                f"the default of {quote(found.text)} does not stand in single quotes; write {quote(_quoted(found))}"
            ),
            _quoted,
        )


def _quoted(variable: Variable) -> str:
    """The variable with its default in single quotes."""
    default = (variable.default or "").strip(" '\"")
    return f"${{{variable.name}, '{default}'}}"
