from collections.abc import Iterator

from iamlint.rule import (
    Bad,
    Context,
    Good,
    Hit,
    Severity,
    Statement,
    StatementRule,
    condition_key,
    quote,
    variables_read,
)


class VariableOfMultivaluedKey(StatementRule):
    """A policy variable reads a key of which a request may hold several values.

    ## Why it matters
    A variable stands for the one value of a single-valued key. One of a multivalued key never has a value, so a
    resource or a positive condition with it matches nothing: an Allow allows nothing, a Deny denies nothing. Only AWS's
    global keys are looked at.

    ## What to do instead
    Compare the key itself in a condition, with ForAllValues or ForAnyValue, and write out what it is compared with.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
    """

    severity = Severity.WARNING
    only_variables = True
    tags = ("conditions", "variables")

    good = [
        Good('{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:username}"}'),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-a1b2c3d4e5/*"}}}',
            why="the key itself",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:PrincipalTag/aws:TagKeys}"}',
            why="the tag may have any name",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:TagKeys"}',
            why="misspelt: another rule",
        ),
        Good(
            '{"Version":"2008-10-17","Statement":{"Effect":"Allow","Action":"s3:*",'
            '"Resource":"arn:aws:s3:::b/${aws:TagKeys}"}}',
            why="that version knows no variables",
        ),
    ]
    bad = [
        Bad('{"Effect":"Allow","Action":"s3:*","Resource":["*",«"arn:aws:s3:::b/${aws:PrincipalOrgPaths}/*"»]}'),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringEquals":{"aws:ResourceTag/path":«"${AWS:principalorgpaths}"»}}}',
        ),
        Bad(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*",'
            '"Condition":{"ForAnyValue:StringNotEquals":{"aws:CalledVia":["a.amazonaws.com",'
            "«\"${aws:CalledVia, 'none'}\"»]}}}",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        reported = None
        for item, variable in variables_read(statement):
            if item is reported or not variable.key.lower().startswith("aws:"):
                continue
            key = condition_key(variable.key, ctx)
            if key is not None and key.multivalued:
                reported = item
                yield self.finding(
                    item,
                    f"a request may hold several values of {quote(key.name)}, so {quote(variable.text)} never has one; "
                    "compare the key itself in a condition",
                )
