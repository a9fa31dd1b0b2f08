from collections.abc import Iterator
from functools import partial

from iamlint.rule import Bad, Context, Draft, Drop, Good, Hit, Policy, PolicyRule, Severity, identical_statements


class RedundantStatement(PolicyRule):
    """Statements of the policy say the same.

    ## Why it matters
    All but one change nothing, and use up the few characters that a policy may have. Whoever edits one of them later
    wonders why nothing happens.

    ## What to do instead
    Keep one. If another resource or action was meant, correct the copy.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_statement.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.SUGGESTION
    aws = "REDUNDANT_STATEMENT"
    several = True
    tags = ("redundancy",)

    good = [
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*"},{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}',
            why="one grants less",
        ),
        Good('{"Effect":"Allow","Action":"s3:*","Resource":"*"},{"Effect":"Deny","Action":"s3:*","Resource":"*"}'),
        Good('{"Effect":"Allow","Action":"s3:*","Resource":"*"},{"Effect":"Allow","NotAction":"s3:*","Resource":"*"}'),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}},'
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}'
        ),
    ]
    bad = [
        Bad(
            '«{"Effect":"Allow","Action":"s3:*","Resource":"*"}»,«{"Effect":"Allow","Action":"s3:*","Resource":"*"}»',
            rewritten='{"Effect":"Allow","Action":"s3:*","Resource":"*"}',
            verdict="equivalent",
        ),
        Bad(
            '«{"Sid":"A","Effect":"Allow","Action":["s3:Get*","sqs:*"],"Resource":["*"]}»,'
            '{"Effect":"Allow","Action":"s3:Put*","Resource":"*"},'
            '«{"Resource":"*","Action":["SQS:*","s3:get*"],"Effect":"Allow","Sid":"B"}»',
            why="Sid, order, case of actions and lists of one entry say nothing",
        ),
        Bad(
            '«{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"Null":{"aws:x":"true"}}}»,'
            '«{"Effect":"Deny","Principal":{"AWS":"*"},"Action":"s3:*","Resource":"*",'
            '"Condition":{"null":{"AWS:X":true}}}»',
            kind="resource",
        ),
    ]

    def check(self, policy: Policy, ctx: Context) -> Iterator[Hit]:
        for same in identical_statements(policy):
            message = f"{len(same)} statements say the same; keep one of them"
            drops = tuple(Drop(statement.path) for statement in same[1:])
            rewrite = partial(Draft, "keep the first", drops)
            yield self.finding([statement.path for statement in same], message, rewrite=rewrite)
