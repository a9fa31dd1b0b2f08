from collections.abc import Iterator
from functools import partial

from iamlint.rule import (
    Bad,
    Condition,
    Context,
    Draft,
    Good,
    Hit,
    Severity,
    Statement,
    StatementRule,
    condition_key,
    faulty_keys,
    key_written,
    parse_operator,
    quote,
)


class InvalidConditionKeyFormat(StatementRule):
    """A condition key is not of the form prefix:name.

    ## Why it matters
    IAM refuses to save the policy, or the condition tests a key that no request ever has.

    ## What to do instead
    Write the key with the prefix that AWS lists it under: `aws:` for global keys, a service's or a provider's
    otherwise.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "INVALID_CONDITION_KEY_FORMAT"
    elements = frozenset(("Condition",))
    only_irregular = True
    tags = ("validity",)

    good = [
        Good('{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"AWS:UserName":"x"}}}'),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringEquals":{"ec2:ResourceTag/aws:cloudformation:stack-name":"x"}}}',
            why="further colons belong to the name",
        ),
        Good(
            '{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity","Principal":{"Federated":"idp.example.com"},'
            '"Condition":{"StringEquals":{"idp.example.com/id/A1:sub":"x"}}}',
            why="a provider's key",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:nosuch":"x"}}}',
            why="no such key: another rule",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{«"username"»:"x"}}}',
            rewritten='{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:username":"x"}}}',
            verdict="incomparable",
        ),
        Bad(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*",'
            '"Condition":{"Bool":{«"aws.SecureTransport"»:"false"},"Null":{«"aws:"»:"true","aws:username":"true"}}}'
        ),
        Bad(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"IpAddress":{«":SourceIp"»:"203.0.113.0/24"}}}'
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for condition in faulty_keys(statement, ctx, "format"):
            message = f"{quote(condition.key)} is no condition key; write its prefix, a colon and its name"
            yield self.finding(condition, message, rewrite=partial(_rewrite, statement, condition, ctx))


def _rewrite(statement: Statement, condition: Condition, ctx: Context) -> Draft | None:
    """The key with a colon where it has another character, or as a global one where it has no prefix."""
    key = condition.key
    for name in (key.replace(".", ":", 1), key.replace("/", ":", 1), f"aws:{key.removeprefix(':')}"):
        known = condition_key(name, ctx) if name.strip(":") != "aws" else None
        if known is not None:
            operator = parse_operator(condition.operator)
            fits = operator is None or operator.quantifier or operator.family == "Null" or not known.multivalued
            return key_written(statement, condition, name) if fits else None
    return None
