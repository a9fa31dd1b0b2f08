from collections.abc import Iterator

from iamlint.rule import (
    ALL_KINDS,
    Bad,
    Context,
    Good,
    Hit,
    Severity,
    Statement,
    StatementRule,
    listing,
    mismatches,
)


class ActionResourceMismatch(StatementRule):
    """An action stands in a statement whose resources are none that it works on.

    ## Why it matters
    The action is not granted, and not denied, whatever the statement looks like: `s3:GetObject` is about objects, not
    about their bucket, and `s3:ListAllMyBuckets` about no resource at all. Such statements fail at the first call, or
    protect nothing for years.

    ## What to do instead
    Name a resource of the right form, `arn:aws:s3:::bucket/*` for objects, or move the action to another statement. One
    that takes no resource needs Resource `*`.

    ## When it can be wrong
    Services check more than they list. Not judged are actions with a wildcard, ARNs that are wrong by themselves, forms
    of resources that the service no longer lists, and actions that take no resource where the statement names all of a
    kind (`role/*`), or that create something.

    ## References
    - https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
    """

    severity = Severity.SUGGESTION
    kinds = ALL_KINDS - {"trust"}
    elements = frozenset(("Action",))
    only_named = True
    tags = ("validity",)

    good = [
        Good(
            '{"Effect":"Allow","Action":["s3:ListBucket","s3:GetObject"],"Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"]}'
        ),
        Good('{"Effect":"Allow","Action":["s3:GetObject","s3:ListAllMyBuckets"],"Resource":["arn:aws:s3:::b","*"]}'),
        Good('{"Effect":"Allow","Action":["s3:List*","s3:*"],"Resource":"arn:aws:s3:::b/*"}', why="wildcards"),
        Good('{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::${aws:username}"}', why="a variable"),
        Good('{"Effect":"Allow","NotAction":"s3:GetObject","Resource":"arn:aws:s3:::b"}'),
        Good('{"Effect":"Allow","Action":"s3:GetObject","NotResource":"arn:aws:s3:::b"}'),
        Good('{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:S3:::b/*"}', why="another rule's matter"),
        Good('{"Effect":"Allow","Action":"iam:ListRoles","Resource":"arn:aws:iam::*:role/*"}', why="all roles"),
    ]
    bad = [
        Bad('{"Effect":"Allow","Action":["s3:ListBucket",«"s3:GetObject"»],"Resource":"arn:aws:s3:::b"}'),
        Bad('{"Effect":"Deny","Action":[«"s3:ListBucket"»,"s3:GetObject"],"Resource":"arn:aws:s3:::b/*"}'),
        Bad(
            '{"Effect":"Allow","Action":[«"s3:ListAllMyBuckets"»,"s3:ListBucket"],"Resource":["arn:aws:s3:::b"]}',
            why="takes no resource",
        ),
        Bad(
            '{"Effect":"Allow","Action":[«"DynamoDB:getitem"»,«"dynamodb:PutItem"»],'
            '"Resource":"arn:aws:dynamodb:*:*:tabel/orders"}',
            why="a misspelt resource",
        ),
        Bad(
            '{"Effect":"Allow","Principal":"*","Action":«"s3:ListBucket"»,"Resource":"arn:aws:s3:::b/*"}',
            kind="AWS::S3::Bucket",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        outcome = "denied" if statement.denies else "granted"
        for actions, formats in mismatches(statement, ctx.catalogue):
            one = len(actions) == 1
            if formats:
                forms = listing((":".join(("arn:aws", *format_[1:])) for format_ in formats), 2)
                needs = f"{'works' if one else 'work'} on {forms}, and no resource here is one"
                advice = f"name one, or move the action{'' if one else 's'} to another statement"
            else:
                needs = f"{'takes' if one else 'take'} no resource and {'is' if one else 'are'} never {outcome} here"
                advice = f"move {'it' if one else 'them'} to a statement with Resource `*`"
            yield self.finding(list(actions), f"{listing(actions, 3)} {needs}; {advice}")
