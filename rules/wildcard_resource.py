from collections.abc import Iterator
from functools import partial

from iamlint.rule import (
    Bad,
    Context,
    Good,
    Hit,
    Item,
    Severity,
    Statement,
    StatementRule,
    denials,
    denials_elsewhere,
    is_all_actions,
    is_every_arn,
    listing,
    quote,
    reach,
    scoped,
)


class WildcardResource(StatementRule):
    """An Allow statement grants actions on every resource although they could be limited to some.

    ## Why it matters
    A leaked credential reaches every bucket, table and key of the account, those of other teams among them, and those
    that are made tomorrow.

    ## What to do instead
    Name the ARNs, with wildcards where a name varies: `arn:aws:s3:::reports-*/*`. Actions that take no resource need
    `*`; keep them in a statement of their own, so that the others can be narrowed.

    ## When it can be wrong
    Whoever looks after all resources needs it. The level is `limited` where the statement has a condition (on a tag of
    the resource, say), where a Deny of the same policy does the limiting, and where the actions only list and read.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
    - https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
    """

    severity = Severity.WARNING
    levels = {"full": Severity.WARNING, "limited": Severity.SUGGESTION}
    security_severity = 5.5
    # In a policy on a resource `*` is that resource.
    kinds = frozenset(("identity",))
    effect = "Allow"
    elements = frozenset(("Resource",))
    faults = frozenset(("wide",))
    tags = ("security", "least-privilege", "external/cwe/cwe-732")

    good = [
        Good('{"Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::reports/*"}'),
        Good(
            '{"Effect":"Allow","Action":["s3:ListAllMyBuckets","ec2:DescribeInstances"],"Resource":"*"}',
            why="take no other",
        ),
        Good('{"Effect":"Allow","Action":"sts:GetCaller*","Resource":"*"}', why="wildcards are looked up"),
        Good('{"Effect":"Allow","Action":["s3:NoSuchAction","nosuch:Put*"],"Resource":"*"}', why="grant nothing"),
        Good('{"Effect":"Deny","Action":"s3:PutObject","Resource":"*"}', why="a Deny narrows"),
        Good('{"Effect":"Allow","Principal":"*","Action":"kms:Decrypt","Resource":"*"}', why="of a key: itself"),
        Good('{"Effect":"Allow","Action":"s3:PutObject","Resource":"*"}', kind="boundary", why="a ceiling"),
        Good(
            '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:PutObject","s3:ListAllMyBuckets"],'
            '"Resource":"*"},{"Effect":"Deny","Action":"s3:Put*","Resource":"*"}]}',
            why="what remains takes no other resource",
        ),
    ]
    bad = [
        Bad('{"Effect":"Allow","Action":"s3:PutObject","Resource":«"*"»}'),
        Bad(
            '{"Effect":"Allow","Action":["SQS:sendmessage","ec2:DescribeInstances"],"Resource":[«"arn:aws:*"»]}',
            environment={"accounts": ["111122223333"]},
            rewritten='{"Effect":"Allow","Action":["SQS:sendmessage"],"Resource":"arn:aws:sqs:*:111122223333:*"},'
            '{"Effect":"Allow","Action":"ec2:DescribeInstances","Resource":"arn:aws:*"}',
            verdict="narrower",
        ),
        Bad(
            '{"Effect":"Allow","Action":"dynamodb:*Item","Resource":["arn:aws:s3:::a",«"arn:*:*:*:*:*"»]}',
            environment={"accounts": ["111122223333"], "regions": ["eu-west-1"]},
            rewritten='{"Effect":"Allow","Action":"dynamodb:*Item",'
            '"Resource":["arn:aws:s3:::a","arn:aws:dynamodb:eu-west-1:111122223333:table/*"]}',
            verdict="narrower",
        ),
        Bad('{"Effect":"Allow","Action":"*","Resource":«"*"»}'),
        Bad('{"Effect":"Allow","Action":"s3:GetObject","Resource":«"*"»}', level="limited", why="reading"),
        Bad(
            '{"Effect":"Allow","Action":"ec2:TerminateInstances","Resource":«"*"»,'
            '"Condition":{"StringEquals":{"aws:ResourceTag/team":"web"}}}',
            level="limited",
        ),
        Bad(
            '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:PutObject","Resource":«"*"»},'
            '{"Effect":"Deny","Action":"s3:*","NotResource":"arn:aws:s3:::reports/*"}]}',
            level="limited",
            why="the Deny leaves one bucket",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        listed = statement.value.get("Resource")
        for arn in listed if isinstance(listed, list) else [listed]:
            if isinstance(arn, str) and is_every_arn(arn):
                break
        else:
            return
        wide = [item for item in statement.resources if is_every_arn(item.text)]
        if not wide:
            return
        if any(is_all_actions(item.text) for item in statement.actions if item.text[:1] == "*"):
            message = f"{quote(wide[0])} lets every action act on every resource; name both"
            yield self.finding([*wide], message, level="limited" if statement.conditions else "full")
            return
        found = reach(statement, ctx.catalogue)
        here, elsewhere = denials(statement.policy), denials_elsewhere(statement.policy)
        left = [item for item in found.scopable if here.leaves(item.text)] if here else list(found.scopable)
        if not left:
            return
        writing = [item.text for item in left if item.text in found.writing] if not statement.conditions else []
        full = any(here.leaves(text) == elsewhere.leaves(text) == "full" for text in writing)
        message = _message(wide[0], left, found.unscopable)
        rewrite = partial(scoped, statement, ctx)
        yield self.finding([*wide], message, level="full" if full else "limited", rewrite=rewrite)


def _message(resource: Item, scopable: list[Item], unscopable: tuple[Item, ...]) -> str:
    message = f"{quote(resource)} lets {listing(scopable)} act on every resource; name the ARNs"
    if unscopable:
        message += f", and leave `*` to {listing(unscopable, 3)}, which cannot be limited to resources"
    return message
