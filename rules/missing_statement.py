from collections.abc import Iterator
from functools import partial

from iamlint.rule import Bad, Context, Good, Hit, Policy, PolicyRule, Severity, nearest, renamed


class MissingStatement(PolicyRule):
    """A policy has no statement.

    ## Why it matters
    IAM refuses to save the policy.

    ## What to do instead
    Add `Statement` with at least one statement, or delete the policy.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_statement.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "MISSING_STATEMENT"
    only_irregular = True
    tags = ("validity",)

    good = [
        Good('{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}'),
        Good('{"Version":"2012-10-17","Statement":"none"}', why="a wrong type is another rule"),
    ]
    bad = [
        Bad('«{"Version":"2012-10-17"}»'),
        Bad('{"Version":"2012-10-17","Statement":«[]»}'),
        Bad(
            '«{"Version":"2012-10-17","statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}»',
            why="names are case-sensitive",
            whole=True,
            rewritten='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}',
            verdict="wider",
        ),
    ]

    def check(self, policy: Policy, ctx: Context) -> Iterator[Hit]:
        if not isinstance(policy.value, dict):
            return
        if "Statement" not in policy.value:
            misspelt = next((name for name in policy.value if nearest(name, ("Statement",))), "")
            yield self.finding(
                (),
                "the policy has no Statement; add one that allows or denies something",
                rewrite=partial(renamed, policy.value, (misspelt,), "Statement") if misspelt else None,
            )
        elif policy.value["Statement"] == []:
            yield self.finding(("Statement",), "Statement is empty; add a statement that allows or denies something")
