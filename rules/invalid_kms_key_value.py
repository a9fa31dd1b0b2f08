from collections.abc import Iterator

from iamlint.rule import (
    Bad,
    Context,
    Good,
    Hit,
    Severity,
    Statement,
    StatementRule,
    has_wildcard,
    is_key_arn,
    parse_operator,
    quote,
)

_KEY = "s3:x-amz-server-side-encryption-aws-kms-key-id"


class InvalidKmsKeyValue(StatementRule):
    """A condition compares the KMS key of an upload with what is no ARN of a key.

    ## Why it matters
    S3 puts the ARN of the key into the request, whatever the caller named it by. A key id or an alias equals none: an
    Allow grants nothing, a Deny with a negated operator denies every upload.

    ## What to do instead
    Write the ARN: `arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab`.

    ## When it can be wrong
    AWS does not list the keys of which it checks this; here it is `s3:x-amz-server-side-encryption-aws-kms-key-id`
    alone. Patterns and variables are not judged.

    ## References
    - https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "INVALID_KMS_KEY_VALUE"
    elements = frozenset(("Condition",))
    condition_keys = frozenset((_KEY,))
    operators = frozenset(("string", "arn"))
    tags = ("validity", "conditions")

    good = [
        Good(
            '{"Effect":"Allow","Action":"s3:PutObject","Resource":"*","Condition":{"StringEquals":'
            '{"s3:x-amz-server-side-encryption-aws-kms-key-id":'
            '"arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"}}}',
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:PutObject","Resource":"*","Condition":{"ArnLike":'
            '{"s3:x-amz-server-side-encryption-aws-kms-key-id":"arn:aws:kms:*:111122223333:key/*"}}}',
            why="a pattern",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:PutObject","Resource":"*","Condition":{"StringEquals":'
            '{"s3:x-amz-server-side-encryption-aws-kms-key-id":"${aws:PrincipalTag/key}"}}}',
            why="a variable",
        ),
        Good(
            '{"Effect":"Deny","Action":"s3:PutObject","Resource":"*","Condition":{"Null":'
            '{"s3:x-amz-server-side-encryption-aws-kms-key-id":"true"}}}',
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"s3:PutObject","Resource":"*","Condition":{"StringEquals":'
            '{"s3:x-amz-server-side-encryption-aws-kms-key-id":«"1234abcd-12ab-34cd-56ef-1234567890ab"»}}}',
        ),
        Bad(
            '{"Effect":"Deny","Action":"s3:PutObject","Resource":"*","Condition":{"StringNotEqualsIfExists":'
            '{"S3:x-amz-server-side-encryption-aws-kms-key-id":["arn:aws:kms:eu-west-1:111122223333:key/k",'
            '«"arn:aws:kms:eu-west-1:111122223333:alias/a"»]}}}',
            why="an alias",
        ),
        Bad(
            '{"Effect":"Deny","Action":"s3:PutObject","Resource":"*","Condition":{"ArnNotEquals":'
            '{"s3:x-amz-server-side-encryption-aws-kms-key-id":«"arn:aws:kms:eu-west-1:1111:key/k"»}}}',
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for condition in statement.conditions:
            operator = parse_operator(condition.operator) if condition.key.lower() == _KEY else None
            if operator is None or operator.family not in ("String", "Arn"):
                continue
            for item in condition.values:
                if not has_wildcard(item.text) and "${" not in item.text and not is_key_arn(item.text):
                    yield self.finding(
                        item,
                        f"{quote(item)} is not the ARN of a KMS key, which {quote(condition.key)} holds; "
                        f"write `arn:aws:kms:region:account:key/id`",
                    )
