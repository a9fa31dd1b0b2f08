from collections.abc import Iterator

from iamlint.rule import Bad, Condition, Context, Good, Hit, Severity, Statement, StatementRule, listing


class DuplicateKeysWithDifferentCase(StatementRule):
    """A condition key stands twice under one operator, in different capitals.

    ## Why it matters
    IAM compares the names of keys without regard to case and refuses to save the policy.

    ## What to do instead
    Put the values of both into one list under one key.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "DUPLICATE_KEYS_WITH_DIFFERENT_CASE"
    elements = frozenset(("Condition",))
    only_irregular = True
    tags = ("validity",)

    good = [
        Good(
            '{"Effect":"Allow","Action":"*","Resource":"*","Condition":'
            '{"StringEquals":{"aws:username":"a"},"StringLike":{"aws:Username":"a*"}}}',
            why="under different operators both hold",
        ),
        Good('{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Null":{"aws:a":"true","aws:b":"true"}}}'),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"*","Resource":"*","Condition":'
            '{"StringEquals":{«"aws:username"»:"a",«"AWS:UserName"»:"b"}}}'
        ),
        Bad(
            '{"Effect":"Deny","Action":"*","Resource":"*","Condition":'
            '{"Null":{«"aws:a"»:"true","aws:b":"true",«"aws:A"»:"true",«"AWS:A"»:"true"}}}'
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        spellings: dict[tuple[str, str], list[Condition]] = {}
        for condition in statement.conditions:
            spellings.setdefault((condition.operator, condition.key.lower()), []).append(condition)
        for first, *later in spellings.values():
            if later:
                names = listing(sorted(condition.key for condition in (first, *later)))
                # What came later is the surplus: it is marked first.
                yield self.finding([*later, first], f"{names} are one condition key; put the values into one list")
