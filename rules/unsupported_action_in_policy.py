from collections.abc import Iterator

from iamlint.rule import (
    Bad,
    Context,
    Good,
    Hit,
    Severity,
    Statement,
    StatementRule,
    attached_to,
    foreign_actions,
    quote,
)


class UnsupportedActionInPolicy(StatementRule):
    """The policy of a resource names an action that no request to such a resource is for.

    ## Why it matters
    S3 and IAM refuse to save the policy: a bucket is not asked to decrypt with a key, nor to list all buckets; a role's
    trust policy is about assuming the role and nothing else.

    ## What to do instead
    Remove the action, or put it into the policy of whoever is to call it.

    ## When it can be wrong
    Needs to know the type, except for trust policies: `--policy-kind AWS::S3::Bucket`, or `[policy-kinds]` in the
    configuration. An action that AWS no longer lists is not reported.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    - https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
    """

    severity = Severity.ERROR
    aws = "UNSUPPORTED_ACTION_IN_POLICY"
    kinds = frozenset(("resource", "trust"))
    elements = frozenset(("Action",))
    only_named = True
    tags = ("validity",)

    good = [
        Good(
            '{"Effect":"Allow","Principal":"*","Action":["s3:GetObject","S3:Put*","s3:*","*"],'
            '"Resource":"arn:aws:s3:::b/*"}',
            kind="AWS::S3::Bucket",
        ),
        Good(
            '{"Effect":"Allow","Principal":"*","Action":"kms:Decrypt","Resource":"*"}',
            kind="resource",
            why="the type is not known",
        ),
        Good(
            '{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":["sts:AssumeRole","sts:Tag*"]}',
            kind="trust",
        ),
        Good(
            '{"Effect":"Allow","Principal":"*","Action":["s3:NoSuchAction","nosuchsvc:*"],"Resource":"arn:aws:s3:::b"}',
            kind="AWS::S3::Bucket",
            why="no actions at all: other rules",
        ),
        Good(
            '{"Effect":"Deny","Principal":"*","NotAction":"kms:*","Resource":"arn:aws:s3:::b"}',
            kind="AWS::S3::Bucket",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Principal":"*","Action":["s3:GetObject",«"kms:Decrypt"»],"Resource":"arn:aws:s3:::b/*"}',
            kind="AWS::S3::Bucket",
        ),
        Bad(
            '{"Effect":"Deny","Principal":"*","Action":[«"s3:ListAllMyBuckets"»,«"iam:*"»],"Resource":"arn:aws:s3:::b"}',
            kind="AWS::S3::Bucket",
        ),
        Bad(
            '{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":["sts:AssumeRole",«"sts:GetSessionToken"»]}',
            kind="AWS::IAM::AssumeRolePolicyDocument",
        ),
        Bad(
            '{"Effect":"Allow","Principal":"*","Action":«"dynamodb:ListTables"»,'
            '"Resource":"arn:aws:dynamodb:eu-west-1:111122223333:table/t"}',
            kind="AWS::DynamoDB::Table",
        ),
        Bad(
            '{"Effect":"Allow","Principal":"*","Action":«"s3:GetObject"»,'
            '"Resource":"arn:aws:s3-object-lambda:eu-west-1:111122223333:accesspoint/a"}',
            kind="AWS::S3ObjectLambda::AccessPoint",
            why="the actions have a prefix of their own",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        attached = attached_to(statement.policy)
        if attached:
            for item in foreign_actions(statement, attached, ctx.catalogue):
                yield self.finding(
                    item, f"no request that the policy of {attached.words} is asked for is {quote(item)}; remove it"
                )
