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
    as_patterns,
    has_plain_wildcard,
    parse_operator,
    quote,
)


class WildcardWithoutLikeOperator(StatementRule):
    """A value holds a wildcard under an operator that takes it for a character.

    ## Why it matters
    StringEquals compares `*` and `?` as they are. Hardly any value in a request holds them: an Allow gives nothing, a
    Deny with the negated operator stops everybody.

    ## What to do instead
    Write `StringLike` or `StringNotLike`. Where the character itself is meant, `${*}` says so, and the operator may be
    either.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_String
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.WARNING
    aws = "WILDCARD_WITHOUT_LIKE_OPERATOR"
    elements = frozenset(("Condition",))
    operators = frozenset(
        ("stringequals", "stringnotequals", "stringequalsignorecase", "stringnotequalsignorecase"),
    )
    tags = ("validity",)

    good = [
        Good('{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringLike":{"aws:username":"a-*"}}}'),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::*:role/x?"}}}',
            why="ArnEquals takes patterns",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringEquals":{"aws:PrincipalTag/rating":"${*}${*}","s3:prefix":"${aws:username}/${?}"}}}',
            why="written as a plain character",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"DateEquals":{"aws:CurrentTime":"2026-*"}}}'
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/t":«"a-*"»}}}',
            rewritten='{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringLike":{"aws:PrincipalTag/t":"a-*"}}}',
            verdict="wider",
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringNotEquals":{"aws:SourceArn":«"arn:aws:sns:*:111122223333:t"»,"aws:username":"x"}}}',
            why="an ARN",
            rewritten='{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringNotEquals":{"aws:username":"x"},'
            '"ArnNotLike":{"aws:SourceArn":"arn:aws:sns:*:111122223333:t"}}}',
            verdict="narrower",
        ),
        Bad(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"StringNotEqualsIgnoreCaseIfExists":{'
            '"aws:username":[«"*"»,"ann",«"b?b"»]},"stringequals":{"s3:prefix":"home/"}}}'
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"ForAnyValue:StringEquals":{"aws:TagKeys":'
            '[«"${aws:username}*"»]}}}',
            why="outside of the variable",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for condition in statement.conditions:
            operator = parse_operator(condition.operator)
            if operator is None or operator.family != "String" or operator.name.endswith("Like"):
                continue
            better = "StringNotLike" if operator.negated else "StringLike"
            for item in condition.values:
                if has_plain_wildcard(item.text):
                    what = f"{quote(condition.operator)} takes the wildcard in {quote(item)} for a character"
                    rewrite = partial(as_patterns, statement, condition, operator, ctx)
                    yield self.finding(item, f"{what}; use {quote(better)}", rewrite=rewrite)
