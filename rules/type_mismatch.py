from collections.abc import Iterator
from functools import partial

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, key_uses, misfit, quote, recast


class TypeMismatch(StatementRule):
    """A condition operator is for values of another type than its key has.

    ## Why it matters
    What such a comparison gives is not defined: text that looks the same need not be equal, and a negated operator
    holds whatever the value is.

    ## What to do instead
    Write the operator for the type that AWS lists: `Bool`, `NumericLessThan`, `DateGreaterThan`, `IpAddress` and so on.

    ## When it can be wrong
    Keys of text under ARN operators, keys of ARNs under string operators, tags, and comparisons with a policy variable
    are not reported.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.WARNING
    aws = "TYPE_MISMATCH"
    elements = frozenset(("Condition",))
    tags = ("validity",)

    good = [
        Good(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"BoolIfExists":{"aws:SecureTransport":"false"},'
            '"NumericGreaterThan":{"s3:signatureAge":600000},"DateLessThan":{"aws:CurrentTime":"2026-04-01"}}}'
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"ArnLike":{"aws:ResourceTag/arn":"arn:*"},'
            '"StringEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/x"},"Null":{"aws:SourceIp":"true"}}}',
            why="text and ARNs compare with each other, Null asks for any key",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"NumericLessThan":{"aws:ResourceTag/level":5,'
            '"aws:EpochTime":"1900000000"},"Bool":{"idp.example.com:verified":"true"}}}',
            why="a tag, a time in seconds, a key of unknown type",
        ),
        Good(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringNotEquals":{"aws:Ec2InstanceSourcePrivateIPv4":"${aws:VpcSourceIp}"}}}',
            why="only string operators compare with a variable",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"yes"}}}',
            why="the value: another rule",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{«"aws:ViaAWSService"»:"true"}}}',
            rewritten='{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:ViaAWSService":"true"}}}',
            verdict="equivalent",
        ),
        Bad(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringNotEquals":{«"aws:SecureTransport"»:"true"}}}',
            rewritten='{"Effect":"Deny","Action":"s3:*","Resource":"*",'
            '"Condition":{"BoolIfExists":{"aws:SecureTransport":"false"}}}',
            verdict="equivalent",
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringLike":{«"aws:SourceIp"»:["203.0.113.*","192.0.2.7"]}}}',
            rewritten='{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"IpAddress":{"aws:SourceIp":["203.0.113.0/24","192.0.2.7"]}}}',
            verdict="unproven",
        ),
        Bad(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"StringNotLikeIfExists":{'
            '«"AWS:SourceIp"»:"203.0.113.*","aws:username":"a*"},"ForAnyValue:Bool":{«"aws:TagKeys"»:"true"}}}'
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"NumericLessThan":{«"aws:CurrentTime"»:1,'
            '"s3:max-keys":10},"IpAddress":{«"aws:SourceVpc"»:"10.0.0.0/8"}}}'
        ),
        Bad('{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{«"s3:max-keys"»:"10"}}}'),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for use in key_uses(statement, ctx):
            if fitting := misfit(use):
                values = f"{quote(use.condition.key)} has values of the type {use.key.value_type}"
                wanted = f"use {fitting[0]} operators instead of {quote(use.condition.operator)}"
                rewrite = partial(recast, use, statement, fitting)
                yield self.finding(use.condition, f"{values}; {wanted}", rewrite=rewrite)
