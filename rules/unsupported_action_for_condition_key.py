from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Item, Place, Severity, Statement, StatementRule, listing, quote

_UNSUPPORTED = {
    "cognito-identity.amazonaws.com:aud": "sts:tagsession",
    "dynamodb:enclosingoperation": "dynamodb:conditioncheckitem",
    "kms:encryptioncontext:": "kms:describekey",
    "kms:recipientattestation:pcr8": "kms:getkeypolicy",
    "s3:prefix": "s3:listbucketmultipartuploads",
}
"""Key → action, as AWS's validation has been seen to report them. `:` at the end: any key of that start."""
_STARTS = tuple(key for key in _UNSUPPORTED if key.endswith(":"))
_MOST = 20
"""So many conditions of one statement are reported, each with all its actions."""


class UnsupportedActionForConditionKey(StatementRule):
    """A condition tests a key that some of the actions beside it never supply.

    ## Why it matters
    Requests for these actions never hold the key, so a condition that needs it fails: they are not allowed, or not
    denied, by this statement.

    ## What to do instead
    Move these actions to a statement without the condition.

    ## When it can be wrong
    AWS documents this check but not its pairs of actions and keys, and its own policies use many keys that its lists do
    not name for an action. Only pairs that AWS's validation is known to report are here; actions with a wildcard are
    never reported.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
    - https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "UNSUPPORTED_ACTION_FOR_CONDITION_KEY"
    elements = frozenset(("Action",))
    condition_keys = frozenset(
        ("cognito-identity.amazonaws.com:aud", "dynamodb:enclosingoperation", "kms:", "s3:prefix")
    )
    tags = ("validity", "conditions")

    good = [
        Good(
            '{"Effect":"Allow","Principal":{"Federated":"cognito-identity.amazonaws.com"},'
            '"Action":"sts:AssumeRoleWithWebIdentity",'
            '"Condition":{"StringEquals":{"cognito-identity.amazonaws.com:aud":"a"}}}',
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*","Condition":{"StringEquals":{"s3:prefix":"a"}}}',
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:List*","Resource":"*","Condition":{"StringEquals":{"s3:prefix":"a"}}}',
            why="with a wildcard",
        ),
        Good(
            '{"Effect":"Allow","Action":["kms:Decrypt","kms:GenerateDataKey"],"Resource":"*",'
            '"Condition":{"StringEquals":{"kms:EncryptionContext:app":"a"}}}',
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Principal":{"Federated":"cognito-identity.amazonaws.com"},'
            '"Action":["sts:AssumeRoleWithWebIdentity",«"sts:TagSession"»],'
            '"Condition":{"StringEquals":{"cognito-identity.amazonaws.com:aud":«"a"»}}}',
        ),
        Bad(
            '{"Effect":"Allow","Action":["s3:ListBucket",«"S3:ListBucketMultipartUploads"»],"Resource":"*",'
            '"Condition":{"StringLike":{"s3:prefix":«["a","b"]»}}}',
        ),
        Bad(
            '{"Effect":"Allow","Action":["kms:Decrypt",«"kms:DescribeKey"»],"Resource":"*",'
            '"Condition":{"StringEquals":{"kms:EncryptionContext:app":«"a"»}}}',
        ),
        Bad(
            '{"Effect":"Allow","Action":«"dynamodb:ConditionCheckItem"»,"Resource":"*",'
            '"Condition":{"StringEquals":{"dynamodb:EnclosingOperation":«"PartiQL"»}}}',
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        named: dict[str | None, list[Item]] = {}
        for item in statement.actions:
            named.setdefault(item.text.lower(), []).append(item)
        conditions = [(condition, named.get(_unsupported(condition.key.lower()))) for condition in statement.conditions]
        for condition, items in [(condition, items) for condition, items in conditions if items][:_MOST]:
            yield self.finding(
                [*items, Place(condition.path)],
                f"requests for {listing(item.text for item in items)} never hold {quote(condition.key)}; "
                "move these actions to a statement without this condition",
            )


def _unsupported(key: str) -> str | None:
    """The action known not to supply the key, both in lower case; None where there is none."""
    return _UNSUPPORTED.get(key) or next((_UNSUPPORTED[start] for start in _STARTS if key.startswith(start)), None)
