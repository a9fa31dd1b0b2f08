from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, missing


class MissingEffect(StatementRule):
    """A statement has no Effect.

    ## Why it matters
    IAM refuses to save the policy: a statement must say whether it allows or denies.

    ## What to do instead
    Add `"Effect": "Allow"` or `"Effect": "Deny"`.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_effect.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "MISSING_EFFECT"
    only_irregular = True
    tags = ("validity",)

    good = [
        Good('{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}'),
        Good('{"Effect":"Maybe","Action":"s3:GetObject","Resource":"*"}', why="a wrong value is another rule"),
    ]
    bad = [
        Bad('«{"Action":"s3:GetObject","Resource":"*"}»'),
        Bad(
            '{"Version":"2012-10-17","Statement":«{"Action":"s3:GetObject","Resource":"*"}»}',
            why="not in a list",
        ),
        Bad(
            '«{"effect":"Allow","Action":"s3:GetObject","Resource":"*"}»',
            why="names are case-sensitive",
            rewritten='{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}',
            verdict="wider",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        yield from missing(self, statement, ("Effect",), 'add "Effect": "Allow" or "Deny"')
