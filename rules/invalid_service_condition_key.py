from collections.abc import Iterator
from functools import partial

from iamlint.rule import (
    MOST_HINTS,
    Bad,
    Context,
    Good,
    Hit,
    Severity,
    Statement,
    StatementRule,
    faulty_keys,
    meant_key_written,
    nearest_condition_key,
    quote,
)


class InvalidServiceConditionKey(StatementRule):
    """A condition tests a key that its service does not have.

    ## Why it matters
    The key is absent from every request: an Allow gives nothing, a Deny stops nobody.

    ## What to do instead
    Write the key as the service's page of the Service Authorization Reference has it. Many that are looked for under a
    service are global ones, which begin with `aws:`.

    ## When it can be wrong
    AWS adds keys. The lists that iamlint knows are from the day that each report names; a key that AWS listed once and
    does not now is not reported.

    ## References
    - https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "INVALID_SERVICE_CONDITION_KEY"
    elements = frozenset(("Condition",))
    tags = ("validity",)

    good = [
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringEquals":{"S3:PREFIX":"home/","s3:ExistingObjectTag/any tag":"x"}}}',
            why="any case, any tag",
        ),
        Good(
            '{"Effect":"Allow","Action":"ec2:*","Resource":"*","Condition":{"StringEquals":{"ec2:ResourceTag":"x"}}}',
            why="no tag is named: another rule",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringEquals":{"aws:nosuch":"x","nosuchsvc:key":"x"}}}',
            why="a global key, a prefix of no service: other rules",
        ),
        Good(
            '{"Effect":"Allow","Action":"sts:AssumeRoleWithSAML","Principal":{"Federated":"x"},'
            '"Condition":{"StringEquals":{"saml:aud":"x","idp.example.com:role":"x"}}}',
            why="providers make up keys",
        ),
        Good(
            '{"Effect":"Allow","Action":"kms:Decrypt","Resource":"*",'
            '"Condition":{"StringEquals":{"kms:EncryptionContext:aws:s3:arn":"x"}}}',
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{«"s3:prefx"»:"home/"}}}',
            rewritten='{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"s3:prefix":"home/"}}}',
            verdict="incomparable",
        ),
        Bad(
            '{"Effect":"Deny","Action":"ec2:*","Resource":"*","Condition":{"StringNotEquals":{'
            '"ec2:Region":"eu-west-1",«"EC2:Regions"»:"x"},"Null":{«"s3:ResourceTags/a"»:"true"}}}'
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Bool":{«"s3:SecureTransport"»:"true"}}}',
            why="a global key, which begins with aws:",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for count, condition in enumerate(faulty_keys(statement, ctx, "service")):
            near = nearest_condition_key(condition.key, ctx) if count < MOST_HINTS else None
            advice = f"did you mean {quote(near)}?" if near else "take one from the service's list"
            service = quote(condition.key.partition(":")[0])
            yield self.finding(
                condition,
                f"{service} has no condition key {quote(condition.key)}; {advice}",
                rewrite=partial(meant_key_written, statement, condition, near, ctx),
            )
