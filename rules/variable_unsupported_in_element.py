from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Place, Severity, Statement, StatementRule, action_items, key, quote


class VariableUnsupportedInElement(StatementRule):
    """A policy variable stands where none is allowed.

    ## Why it matters
    Variables are put in only in Resource, NotResource and the values of conditions. Elsewhere IAM refuses the policy or
    takes `${…}` for plain text that matches nothing.

    ## What to do instead
    Write actions, principals and condition keys out. To treat callers differently, compare a key such as
    `aws:PrincipalTag/team` in a condition.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "VARIABLE_UNSUPPORTED_IN_ELEMENT"
    only_irregular = True
    tags = ("validity", "variables")

    good = [
        Good('{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:username}"}'),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringEquals":{"aws:ResourceTag/a":"${aws:PrincipalTag/a}"}}}',
            why="in a value",
        ),
        Good('{"Sid":"a","Effect":"Deny","NotAction":"s3:*","NotResource":"arn:aws:s3:::${aws:username}"}'),
        Good(
            '{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"s3:Get$","Resource":"*"}',
            why="no variable",
        ),
    ]
    bad = [
        Bad('{"Effect":"Allow","Action":«"s3:${aws:username}"»,"Resource":"*"}'),
        Bad('{"Effect":"Allow","Action":["s3:*",«"${aws:PrincipalTag/service}:Get*"»],"Resource":"*"}'),
        Bad(
            '{"Effect":"Allow","Principal":{"AWS":«"arn:aws:iam::111122223333:user/${aws:username}"»},'
            '"Action":"s3:*","Resource":"*"}',
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringEquals":{«"aws:ResourceTag/${aws:username}"»:"a"}}}',
            why="in a key",
        ),
        Bad(
            '{"Sid":«"${aws:username}"»,"Effect":"Deny","NotAction":«"iam:${x"»,"Resource":"*"}',
            why="not closed either",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        if statement.is_regular:
            return
        for where, text in _texts(statement):
            if "${" in text:
                variable = text[text.index("${") :].partition("}")
                yield self.finding(
                    where,
                    f"no policy variable such as {quote(variable[0] + variable[1])} may stand here, only in resources "
                    "and in values of conditions; write the text itself",
                )


def _texts(statement: Statement) -> Iterator[tuple[Place, str]]:
    """Each text of the statement that takes no variable, with its place."""
    for element in ("Sid", "Effect"):
        value = statement.value.get(element)
        if isinstance(value, str):
            yield Place(statement.at(element)), value
    for item in action_items(statement):
        yield Place(item.path), item.text
    for principal in statement.principals + statement.not_principals:
        yield Place(principal.path), principal.text
    for condition in statement.conditions:
        yield key(condition.path), condition.key
