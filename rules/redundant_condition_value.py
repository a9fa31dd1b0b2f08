from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, covered_values


class RedundantConditionValue(StatementRule):
    """A value of a condition is covered by another value of the same key.

    ## Why it matters
    The values of a key are alternatives, so that it changes nothing. Whoever reads the narrower value takes the
    condition for stricter than it is, and it uses up characters of the policy.

    ## What to do instead
    Take the covered values out, or, if only they are meant, the one that covers them.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    """

    severity = Severity.SUGGESTION
    elements = frozenset(("Condition",))
    tags = ("redundancy",)

    good = [
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringLike":{"aws:username":["a*","*b"]}}}',
            why="they overlap",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:username":["a*","ab"]}}}',
            why="no wildcards there",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringLike":{"aws:username":["A*","ab"]}}}',
            why="case counts",
        ),
        Good(
            '{"Effect":"Allow","Action":"sns:Publish","Resource":"*","Condition":{"ArnLike":{"aws:SourceArn":['
            '"arn:aws:s3*:b","arn:aws:s3:::b"]}}}',
            why="a wildcard stays within its field",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":['
            '"198.51.100.0/25","198.51.100.128/25"]}}}',
            why="side by side",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"NumericLessThan":{"s3:max-keys":[5,5]}}}',
            why="redundant-condition-value-num tells of bounds",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringLike":{"aws:username":'
            '["a*",«"ab"»,«"a?c*"»,"b"]}}}',
            rewritten='{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringLike":{"aws:username":'
            '["a*","b"]}}}',
            verdict="equivalent",
        ),
        Bad(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"NotIpAddress":{"aws:SourceIp":'
            '[«"198.51.100.7"»,"198.51.100.0/24"]}}}',
            rewritten='{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"NotIpAddress":{"aws:SourceIp":'
            '["198.51.100.0/24"]}}}',
            verdict="equivalent",
        ),
        Bad(
            '{"Effect":"Allow","Action":"sns:Publish","Resource":"*","Condition":{"ArnEqualsIfExists":{"aws:SourceArn":['
            '"arn:aws:s3:::*",«"arn:aws:s3:::b"»]}}}'
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEqualsIgnoreCase":{"aws:username":'
            '["ann",«"Ann"»]},"ForAnyValue:StringEquals":{"aws:TagKeys":["${aws:username}",«"${aws:username}"»]}}}',
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        yield from covered_values(self, statement)
