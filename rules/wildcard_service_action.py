from collections.abc import Iterator
from functools import partial

from iamlint.rule import (
    GRANTING_KINDS,
    Bad,
    Context,
    Draft,
    Good,
    Hit,
    Item,
    Option,
    Severity,
    Statement,
    StatementRule,
    is_all_actions,
    is_whole_service,
    level_of,
    listing,
    names_accounts_only,
    of_services,
    quote,
    reaches,
    whole_service,
    whole_services,
)

_FEW = 3


class WildcardServiceAction(StatementRule):
    """An Allow statement grants every action of a service.

    ## Why it matters
    Reading, changing and deleting come together, and so do the actions that open the service's resources to others or
    hand out rights. What AWS adds to the service is granted on the day it appears.

    ## What to do instead
    List the actions in use; wildcards on a group of them (`s3:Get*`) are a start.

    ## When it can be wrong
    Administrators of one service need it. The level is `limited` where a condition, or a Deny of the same policy on all
    of it, stands in between, where the statement names resources, where the service only lists and reads, or has at
    most three actions. In a policy on a resource it is `limited` too: no other resource is within reach. The default
    policy of a KMS key hands `kms:*` to the account, whose own policies then decide; that is not reported.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege
    - https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    """

    severity = Severity.SECURITY_WARNING
    levels = {"full": Severity.SECURITY_WARNING, "limited": Severity.SUGGESTION}
    security_severity = 5.5
    kinds = GRANTING_KINDS
    effect = "Allow"
    elements = frozenset(("Action",))
    only_wildcards = True
    tags = ("security", "least-privilege", "external/cwe/cwe-250")
    options = {
        "access-levels": Option(
            [],
            "what the rewrite keeps, of List, Read, Write, Tagging and Permissions management; nothing named: all",
        )
    }

    good = [
        Good('{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}', why="a group of actions"),
        Good('{"Effect":"Allow","Action":"*","Resource":"*"}', why="every service is another rule"),
        Good('{"Effect":"Allow","NotAction":"s3:*","Resource":"*"}', why="these are the actions left out"),
        Good('{"Effect":"Deny","Action":"s3:*","Resource":"*"}', why="a Deny narrows"),
        Good('{"Effect":"Allow","Action":"nosuchservice:*","Resource":"*"}', why="grants nothing"),
        Good('{"Effect":"Allow","Action":"s3:*","Resource":"*"}', kind="scp", why="a ceiling, not a grant"),
        Good(
            '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ec2:*","Resource":"*"},'
            '{"Effect":"Deny","NotAction":"s3:Get*","Resource":"*"}]}',
            why="the Deny takes all of it",
        ),
        Good(
            '{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}',
            why="the default policy of a key: the account's own policies decide",
        ),
    ]
    bad = [
        Bad('{"Effect":"Allow","Action":«"s3:*"»,"Resource":"*"}'),
        Bad('{"Effect":"Allow","Action":[«"EC2:**"»,"s3:Get*"],"Resource":"*"}', why="another spelling of the same"),
        Bad('{"Effect":"Allow","Action":«"dynamodb*:*"»,"Resource":"*"}', why="several services at once"),
        Bad('{"Effect":"Allow","Action":«"s3:*"»,"Resource":"arn:aws:s3:::*"}', why="no bucket is named"),
        Bad(
            '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":«"s3:*"»,"Resource":"*"},'
            '{"Effect":"Deny","Action":"s3:DeleteBucket","Resource":"*"}]}',
            why="a Deny of one action leaves the rest",
        ),
        Bad(
            '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":«"s3:*"»,"Resource":"*"},{"Effect":"Deny",'
            '"Action":"*","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}]}',
            level="limited",
        ),
        Bad(
            '{"Effect":"Allow","Action":«"s3:*"»,"Resource":["arn:aws:s3:::reports","arn:aws:s3:::reports/*"]}',
            level="limited",
        ),
        Bad(
            '{"Effect":"Allow","Action":«"ec2:*"»,"Resource":"*",'
            '"Condition":{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}}',
            level="limited",
        ),
        Bad(
            '{"Effect":"Allow","Action":[«"rds-db:*"»,"rds:DescribeDBInstances"],"Resource":"*"}',
            level="limited",
            why="it has one action",
            rewritten='{"Effect":"Allow","Action":["rds-db:connect","rds:DescribeDBInstances"],"Resource":"*"}',
            verdict="narrower",
        ),
        Bad(
            '{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/app"},"Action":«"sqs:*"»,'
            '"Resource":"arn:aws:sqs:eu-west-1:444455556666:jobs"}',
            level="limited",
            why="all of one queue",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        in_resource_policy = statement.policy.kind == "resource"
        narrowed = in_resource_policy or not reaches(statement, is_whole_service)
        if all(is_all_actions(action.text) for action in statement.actions):
            return
        for action, services in whole_services(statement, ctx.catalogue):
            level = level_of(statement, action.text)
            if level is None or is_all_actions(action.text):
                continue
            if services == ("kms",) and in_resource_policy and names_accounts_only(statement):
                continue
            rewrite = partial(self._rewrite, statement, action, services, ctx)
            yield self._hit(action, services, "limited" if narrowed else level, ctx)._replace(draft=rewrite)

    def _hit(self, action: Item, services: tuple[str, ...], level: str, ctx: Context) -> Hit:
        whole = whole_service(services[0], ctx.catalogue)
        what, advice = f"all {len(whole.actions)} actions of the service", "list those in use"
        if len(services) > 1:
            what = f"every action of {listing(services)}"
        elif len(whole.actions) <= _FEW:
            level = "limited"
            what, advice = f"every action of the service, today only {listing(whole.actions)}", "write out which"
        elif whole.reading:
            level = "limited"
            what += ", which only list and read"
        return self.finding(action, f"{quote(action)} grants {what}; {advice}", level=level)

    def _rewrite(self, statement: Statement, action: Item, services: tuple[str, ...], ctx: Context) -> Draft | None:
        levels = ctx.option(self, "access-levels")
        return of_services(statement, action, services, levels if isinstance(levels, list) else [], ctx.catalogue)
