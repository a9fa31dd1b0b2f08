from collections.abc import Iterator

from iamlint.rule import (
    COMPARING,
    Bad,
    Context,
    Good,
    Hit,
    Severity,
    Statement,
    StatementRule,
    parse_operator,
    quote,
    variables,
)


class InvalidVariableForOperator(StatementRule):
    """A policy variable stands under an operator that takes none.

    ## Why it matters
    Only the operators on strings and ARNs put in what a variable stands for. Under the others the value is the text
    `${…}` itself, which is no number, date, address or truth value. AWS's validation calls the policy wrong.

    ## What to do instead
    Compare with an operator on strings or ARNs, or write the value itself.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "INVALID_VARIABLE_FOR_OPERATOR"
    elements = frozenset(("Condition",))
    only_variables = True
    tags = ("validity", "variables")

    good = [
        Good(
            '{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*",'
            '"Condition":{"StringEquals":{"s3:prefix":"${aws:username}"}}}',
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*",'
            '"Condition":{"ForAnyValue:ArnLikeIfExists":{"aws:SourceArn":"arn:aws:s3:::${aws:username}"}}}',
            why="an operator on ARNs",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*",'
            '"Condition":{"NumericEquals":{"s3:max-keys":"10"}}}',
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*",'
            '"Condition":{"NumericEquals":{"s3:max-keys":"${*}"}}}',
            why="an escape is no variable",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*",'
            '"Condition":{"NumberEquals":{"s3:max-keys":"${aws:username}"}}}',
            why="an unknown operator is another rule",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*",'
            '"Condition":{"NumericEquals":{"s3:max-keys":«"${aws:username}"»}}}',
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*",'
            '"Condition":{"IpAddress":{"aws:SourceIp":["203.0.113.0/24",«"${aws:VpcSourceIp}"»]}}}',
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*",'
            '"Condition":{"boolIfExists":{"aws:SecureTransport":«"${aws:PrincipalTag/tls, \'true\'}"»}}}',
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*",'
            '"Condition":{"Null":{"aws:username":«"${aws:PrincipalTag/a}"»}}}',
            why="Null takes true or false",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        if not statement.policy.has_variables:
            return
        for condition in statement.conditions:
            operator = parse_operator(condition.operator)
            if operator is None or operator.family in COMPARING:
                continue
            for item in condition.values:
                found = next((each for each in variables(item.text) if each.fault != "brace"), None)
                if found:
                    yield self.finding(
                        item,
                        f"{quote(condition.operator)} takes no policy variable such as {quote(found.text)}; "
                        "write the value itself or compare strings or ARNs",
                    )
