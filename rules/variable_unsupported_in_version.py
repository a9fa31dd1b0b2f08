from collections.abc import Iterator

from iamlint.rule import (
    Bad,
    Context,
    Good,
    Hit,
    Item,
    Policy,
    PolicyRule,
    Severity,
    Statement,
    quote,
    resource_items,
    version_written,
)


class VariableUnsupportedInVersion(PolicyRule):
    """A policy of the version 2008-10-17 uses policy variables.

    ## Why it matters
    In that version, which is also in force where no Version stands, `${aws:username}` is plain text. The statement
    matches something else than it seems to: mostly nothing.

    ## What to do instead
    Write `"Version": "2012-10-17"`.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "VARIABLE_UNSUPPORTED_IN_VERSION"
    only_irregular = True
    tags = ("validity",)

    good = [
        Good('{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:username}"}'),
        Good(
            '{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/$x{a}"}]}',
            why="no variable",
        ),
        Good(
            '{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${a"}]}',
            why="never closed",
        ),
    ]
    bad = [
        Bad(
            '{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Action":"s3:*",'
            '"Resource":["*",«"arn:aws:s3:::b/${aws:username}"»]}]}'
        ),
        Bad(
            '{"Statement":{"Effect":"Deny","Action":"s3:*","NotResource":«"arn:aws:s3:::b/${aws:username}/*"»}}',
            why="no Version means 2008-10-17",
            rewritten='{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"s3:*",'
            '"NotResource":"arn:aws:s3:::b/${aws:username}/*"}}',
            verdict="incomparable",
        ),
        Bad(
            '{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringEquals":{"s3:prefix":["",«"${aws:username}"»]}}}]}'
        ),
    ]

    def check(self, policy: Policy, ctx: Context) -> Iterator[Hit]:
        if policy.version != "2008-10-17":
            return
        draft = version_written(policy)
        for statement in policy.statements:
            for item in _values(statement):
                start = item.text.find("${")
                if start >= 0 and "}" in item.text[start:]:
                    message = f"the variable in {quote(item)} is plain text in version 2008-10-17"
                    yield self.finding(item, f'{message}; write "Version": "2012-10-17"', rewrite=lambda: draft)


def _values(statement: Statement) -> Iterator[Item]:
    yield from resource_items(statement)
    for condition in statement.conditions:
        yield from condition.values
