from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, missing


class MissingAction(StatementRule):
    """A statement has neither Action nor NotAction.

    ## Why it matters
    IAM refuses to save the policy: a statement must say which actions it is about.

    ## What to do instead
    Add `Action` with the actions in use.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "MISSING_ACTION"
    only_irregular = True
    tags = ("validity",)

    good = [
        Good('{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}'),
        Good('{"Effect":"Deny","NotAction":"iam:*","Resource":"*"}'),
        Good('{"Effect":"Allow","Action":[],"Resource":"*"}', why="an empty list is another rule"),
    ]
    bad = [
        Bad('«{"Effect":"Allow","Resource":"*"}»'),
        Bad(
            '«{"Effect":"Allow","Actions":"s3:GetObject","Resource":"*"}»',
            why="a misspelt name is no Action",
            rewritten='{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}',
            verdict="wider",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        yield from missing(self, statement, ("Action", "NotAction"), "add the actions that it is about")
