from collections.abc import Iterator
from functools import partial

from iamlint.rule import (
    Bad,
    Context,
    Draft,
    Good,
    Hit,
    Policy,
    PolicyRule,
    Severity,
    key,
    plain_http,
    plain_http_deny,
    witness,
)


class MissingSecureTransportDeny(PolicyRule):
    """The policy of a bucket lets requests without TLS through.

    ## Why it matters
    Over plain HTTP whoever is on the way reads the objects and the signatures of the requests, and can alter what comes
    back. Clients use TLS unless somebody tells them not to; a Deny in the bucket's policy makes sure of it, also for
    access that other policies allow.

    A request without TLS that gets through is looked for; the finding carries it.

    ## What to do instead
    Deny `s3:*` to everybody where `aws:SecureTransport` is `false`, on the bucket and on its objects.

    ## When it can be wrong
    The website endpoint of a bucket speaks nothing but HTTP. What AWS services do in their own name is not looked at.

    ## References
    - https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html
    - https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
    """

    severity = Severity.SUGGESTION
    security_severity = 2.5
    kinds = frozenset(("resource",))
    effect = "Allow"
    elements = frozenset(("Principal",))
    services = frozenset(("s3",))
    tags = ("security", "encryption", "external/cwe/cwe-319")

    good = [
        Good(
            '{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"s3:GetObject",'
            '"Resource":"arn:aws:s3:::reports/*"},{"Effect":"Deny","Principal":"*","Action":"s3:*",'
            '"Resource":["arn:aws:s3:::reports","arn:aws:s3:::reports/*"],'
            '"Condition":{"Bool":{"aws:SecureTransport":"false"}}}'
        ),
        Good(
            '{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::reports/*",'
            '"Condition":{"Bool":{"AWS:securetransport":true}}}',
            why="allowed with TLS only",
        ),
        Good(
            '{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"s3:GetObject",'
            '"Resource":"arn:aws:s3:::reports/*"},{"Effect":"Deny","Principal":{"AWS":"*"},"NotAction":"s3:ListBucket",'
            '"Resource":"arn:aws:s3:::rep*","Condition":{"BoolIfExists":{"aws:SecureTransport":"false"}}}',
            why="the Deny covers what is allowed",
        ),
        Good(
            '{"Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:PutObject",'
            '"Resource":"arn:aws:s3:::logs/*"}',
            why="a service calls with TLS",
        ),
        Good('{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::reports/*"}', why="not a bucket's"),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow",«"Principal"»:{"AWS":"arn:aws:iam::111122223333:role/app"},"Action":"s3:GetObject",'
            '"Resource":"arn:aws:s3:::reports/*"}',
            rewritten='{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/app"},'
            '"Action":"s3:GetObject","Resource":"arn:aws:s3:::reports/*"},'
            '{"Sid":"DenyPlainHttp","Effect":"Deny","Principal":"*","Action":"s3:*",'
            '"Resource":["arn:aws:s3:::reports","arn:aws:s3:::reports/*"],'
            '"Condition":{"Bool":{"aws:SecureTransport":"false"}}}',
            verdict="narrower",
        ),
        Bad(
            '{"Effect":"Allow",«"Principal"»:{"AWS":"111122223333"},"Action":["s3:GetObject","s3:ListBucket"],'
            '"Resource":["arn:aws:s3:::reports","arn:aws:s3:::reports/*"]},{"Effect":"Deny","Principal":"*",'
            '"Action":"s3:GetObject","Resource":"arn:aws:s3:::reports/*",'
            '"Condition":{"Bool":{"aws:SecureTransport":"false"}}}',
            why="the Deny covers a part",
        ),
        Bad(
            '{"Effect":"Allow",«"Principal"»:"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::reports/*",'
            '"Condition":{"Bool":{"aws:SecureTransport":"false"}}}',
            why="the wrong way round",
        ),
    ]

    def check(self, policy: Policy, ctx: Context) -> Iterator[Hit]:
        found = plain_http(policy)
        if found is not None:
            yield self.finding(
                key(found.statement.at("Principal")),
                "requests without TLS get through; deny `s3:*` where `aws:SecureTransport` is `false`",
                witness=witness(found.request, [policy]),
                rewrite=partial(_rewrite, policy, found.buckets),
            )


def _rewrite(policy: Policy, buckets: tuple[str, ...]) -> Draft | None:
    arns = ((bucket,) if bucket.endswith("*") else (bucket, f"{bucket}/*") for bucket in buckets)
    return plain_http_deny(policy, [arn for pair in arns for arn in pair])
