from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, contradictions, listing, quote


class ConditionNeverMatches(StatementRule):
    """No request meets the conditions of a statement.

    ## Why it matters
    The statement does nothing. A Deny that never denies is the graver case: the limit stands in the policy, and in
    reviews, and holds nobody back. All conditions must hold at once; only the values of one are alternatives.

    ## What to do instead
    Put values that are alternatives into one list. If both conditions are meant, each needs a statement of its own.

    ## When it can be wrong
    The level is `limited` for an Allow, which then gives nothing. A key under `Bool` is taken to be `true`, `false` or
    absent, and to have one value where no set operator asks for several.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    """

    severity = Severity.SECURITY_WARNING
    levels = {"full": Severity.SECURITY_WARNING, "limited": Severity.WARNING}
    security_severity = 5.5
    elements = frozenset(("Condition",))
    tags = ("security", "conditions")

    good = [
        Good(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"StringLike":{"aws:username":"a*"},'
            '"StringNotEquals":{"aws:username":"ann"}}}',
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEqualsIfExists":{"aws:username":"ann"},'
            '"Null":{"aws:UserName":"true"}}}',
            why="met where the key is absent",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{'
            '"DateGreaterThan":{"aws:CurrentTime":"2026-01-01T00:00:00Z"},'
            '"DateLessThan":{"aws:CurrentTime":"2026-02-01T00:00:00Z"}}}',
        ),
        Good(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"ForAllValues:StringEquals":{"aws:TagKeys":"a"},'
            '"ForAnyValue:StringLike":{"aws:TagKeys":"a*"}}}',
        ),
        Good(
            '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{'
            '"StringEquals":{"aws:ResourceTag/team":"${aws:PrincipalTag/team}"},'
            '"StringNotEquals":{"aws:ResourceTag/team":"a"}}}}',
            why="another team",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*",'
            '"Condition":{"ArnLike":{«"aws:PrincipalArn"»:"arn:aws:s3:::invoice"}}}',
            kind="resource",
            why="no principal has such an ARN",
        ),
        Bad(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{«"aws:username"»:"ann"},'
            '"StringLike":{«"aws:UserName"»:"b*"}}}',
        ),
        Bad(
            '{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"IpAddress":{«"aws:SourceIp"»:"203.0.113.0/28"},'
            '"NotIpAddress":{«"aws:SourceIp"»:["198.51.100.0/24","203.0.113.0/24"]}}}',
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*","Condition":{"NumericLessThan":{«"s3:max-keys"»:"10"},'
            '"NumericGreaterThanEquals":{«"s3:max-keys"»:"10"},"StringEquals":{"s3:prefix":"a"}}}',
            level="limited",
        ),
        Bad(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"Null":{«"aws:TagKeys"»:"true"},'
            '"ForAnyValue:StringEquals":{«"aws:TagKeys"»:["a","b"]}}}',
            why="absent, and one of two",
        ),
        Bad(
            '{"Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":"sns:Publish","Resource":"*",'
            '"Condition":{"ArnLike":{«"aws:SourceArn"»:"uploads"}}}',
            level="limited",
            why="the name of a bucket is no ARN",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for conditions in contradictions(statement):
            key = quote(conditions[0].key)
            operators = listing(condition.operator for condition in conditions)
            what = "allows nothing" if statement.allows else "denies nobody"
            if len(conditions) == 1:
                message = f"no {key} fits {listing(conditions[0].values)} under {operators}; this statement {what}"
                advice = "write values that the key can have"
            else:
                message = f"no {key} meets {operators} at once; this statement {what}"
                advice = "put alternatives into one list, or into statements of their own"
            level = "limited" if statement.allows else "full"
            yield self.finding(list(conditions), f"{message}: {advice}", level=level)
