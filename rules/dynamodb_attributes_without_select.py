from collections.abc import Iterator

from iamlint.rule import (
    Bad,
    Context,
    Good,
    Hit,
    Severity,
    Statement,
    StatementRule,
    parse_operator,
    statement_matches_action,
)


class DynamodbAttributesWithoutSelect(StatementRule):
    """A condition limits the attributes that DynamoDB returns, but not requests that name none.

    ## Why it matters
    `dynamodb:Attributes` holds the attributes that a request names. A read that names none, because it has no
    projection, meets the condition and returns all of them.

    ## What to do instead
    In an Allow, demand `"StringEqualsIfExists": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"}` in the same statement.
    Beside a Deny, deny every other `dynamodb:Select` in a statement of its own.

    ## References
    - https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.SECURITY_WARNING
    security_severity = 5.5
    aws = "DYNAMODB_ATTRIBUTES_WITHOUT_SELECT"
    elements = frozenset(("Condition",))
    services = frozenset(("dynamodb",))
    condition_keys = frozenset(("dynamodb:attributes",))
    tags = ("security", "conditions")

    good = [
        Good(
            '{"Effect":"Allow","Action":"dynamodb:Query","Resource":"*",'
            '"Condition":{"ForAllValues:StringEquals":{"dynamodb:Attributes":["id"]},'
            '"StringEqualsIfExists":{"dynamodb:Select":"SPECIFIC_ATTRIBUTES"}}}',
        ),
        Good(
            '{"Effect":"Allow","Action":"dynamodb:*","Resource":"*",'
            '"Condition":{"ForAllValues:StringEquals":{"dynamodb:Attributes":["id"]},'
            '"StringLike":{"DynamoDB:select":["SPECIFIC_ATTRIBUTES"]}}}',
            why="key names ignore case",
        ),
        Good(
            '{"Effect":"Allow","Action":"dynamodb:UpdateItem","Resource":"*",'
            '"Condition":{"ForAllValues:StringEquals":{"dynamodb:Attributes":["id"]}}}',
            why="reads nothing",
        ),
        Good(
            '{"Effect":"Allow","Action":"dynamodb:GetItem","Resource":"*",'
            '"Condition":{"ForAllValues:StringLike":{"dynamodb:LeadingKeys":["a"]}}}',
            why="no attributes",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":["dynamodb:GetItem","dynamodb:PutItem"],"Resource":"*",'
            '"Condition":{"ForAllValues:StringEquals":{«"dynamodb:Attributes"»:["id"]}}}',
        ),
        Bad(
            '{"Effect":"Allow","Action":"dynamodb:*","Resource":"*",'
            '"Condition":{"ForAllValues:StringLike":{«"DYNAMODB:attributes"»:"a*"},'
            '"StringEquals":{"dynamodb:Select":"COUNT"}}}',
            why="another selection",
        ),
        Bad(
            '{"Effect":"Allow","Action":"dynamodb:Scan","Resource":"*",'
            '"Condition":{"ForAllValues:StringEquals":{«"dynamodb:Attributes"»:["id"]},'
            '"StringNotEquals":{"dynamodb:Select":"SPECIFIC_ATTRIBUTES"}}}',
            why="the opposite",
        ),
        Bad(
            '{"Effect":"Deny","Action":"dynamodb:Query","Resource":"*",'
            '"Condition":{"ForAnyValue:StringEquals":{«"dynamodb:Attributes"»:["secret"]}}}',
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        limiting = [condition for condition in statement.conditions if condition.key.lower() == "dynamodb:attributes"]
        if not limiting or _selects(statement) or not any(statement_matches_action(statement, read) for read in _READS):
            return
        if statement.allows:
            gap = "a read that names no attributes meets this and returns all of them"
            advice = 'add "StringEqualsIfExists": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"} to this statement'
        else:
            gap = "a read that names no attributes is not denied and returns all of them"
            advice = 'deny "StringNotEquals": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"} as well'
        for condition in limiting:
            yield self.finding(condition, f"{gap}; {advice}")


_READS = ("dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PartiQLSelect", "dynamodb:Query", "dynamodb:Scan")


def _selects(statement: Statement) -> bool:
    """True iff the statement demands that requests name attributes."""
    for condition in statement.conditions:
        if condition.key.lower() == "dynamodb:select":
            operator = parse_operator(condition.operator)
            named = any(item.text == "SPECIFIC_ATTRIBUTES" for item in condition.values)
            if operator is not None and operator.family == "String" and not operator.negated and named:
                return True
    return False
