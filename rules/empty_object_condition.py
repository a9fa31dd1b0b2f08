from collections.abc import Iterator
from functools import partial

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, taken_out


class EmptyObjectCondition(StatementRule):
    """Condition is an empty object.

    ## Why it matters
    The statement applies without any condition, though it looks as if one was meant.

    ## What to do instead
    Write the condition, or take the element out.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.SUGGESTION
    aws = "EMPTY_OBJECT_CONDITION"
    elements = frozenset(("Condition",))
    only_irregular = True
    tags = ("validity",)

    good = [
        Good('{"Effect":"Allow","Action":"s3:*","Resource":"*"}'),
        Good('{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Null":{"aws:username":"false"}}}'),
        Good('{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":[]}', why="a wrong type is another rule"),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":«{}»}',
            rewritten='{"Effect":"Allow","Action":"s3:*","Resource":"*"}',
            verdict="equivalent",
        ),
        Bad('{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*","Condition":«{}»}', kind="resource"),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        if statement.value.get("Condition") == {}:
            path = statement.at("Condition")
            message = "Condition holds none; write the condition or take it out"
            yield self.finding(path, message, rewrite=partial(taken_out, path))
