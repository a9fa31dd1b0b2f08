from collections.abc import Iterator

from iamlint.rule import (
    Bad,
    Context,
    Good,
    Hit,
    Severity,
    Statement,
    StatementRule,
    faulty_arns,
    listing,
    quote,
    resource_forms,
)


class InvalidArnResource(StatementRule):
    """The last field of an ARN has no form that the service lists.

    ## Why it matters
    The statement is about no resource at all: an Allow grants nothing, a Deny denies nothing.

    ## What to do instead
    Take the form from the resource types on the service's page in the Service Authorization Reference:
    `arn:aws:dynamodb:eu-west-1:111122223333:table/orders`. Case counts.

    ## When it can be wrong
    AWS adds types of resources, and a few services have resources that they do not list. An ARN with a `*` at the end
    of an earlier field is not judged: by one reading of AWS's the `*` also stands for colons.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    - https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "INVALID_ARN_RESOURCE"
    elements = frozenset(("Resource", "NotResource"))
    faults = frozenset(("resource",))
    tags = ("validity",)

    good = [
        Good('{"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam::111122223333:role/path/r"}'),
        Good(
            '{"Effect":"Allow","Action":"dynamodb:*","Resource":["arn:aws:dynamodb:eu-west-1:111122223333:table/${aws:username}"',
            ',"arn:aws:dynamodb:eu-west-1:111122223333:*"]}',
        ),
        Good(
            '{"Effect":"Allow","Action":"dynamodb:*","Resource":"arn:aws:dynamodb:*:*:tabel/t"}',
            why="not judged, see above",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:iam::111122223333:role/r"}',
            why="well-formed, though of another service: another rule",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/my file"}',
            why="the name of an object may have a space",
        ),
        Good(
            '{"Effect":"Allow","Action":"ssm:*","Resource":"arn:aws:ssm:eu-west-1::document/AWS-RunShellScript"}',
            why="owned by AWS",
        ),
    ]
    bad = [
        Bad('{"Effect":"Allow","Action":"dynamodb:*","Resource":«"arn:aws:dynamodb:eu-west-1:111122223333:tabel/t"»}'),
        Bad(
            '{"Effect":"Allow","Action":"iam:*","NotResource":["*",«"arn:aws:iam::111122223333:Role/r"»]}',
            why="case counts",
        ),
        Bad('{"Effect":"Deny","Action":"iam:*","Resource":«"arn:aws:iam::111122223333:rôle/x"»}'),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":[«"arn:aws:s3:::"»,«"arn:aws:s3::: a"»,"arn:aws:s3:::b"]}',
            why="no bucket has such a name",
        ),
        Bad(
            '{"Effect":"Allow","Action":"bedrock-agentcore:*","Resource":«"arn:aws:bedrock-agentcore:eu-west-1:111122223333:?"»}',
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for item in faulty_arns(statement, ctx.catalogue, "resource"):
            _, _, service, _, _, resource = item.text.split(":", 5)
            forms = resource_forms(resource, service, ctx.catalogue)
            known = (
                f"lists no such form of a resource; use one such as {listing(forms, 3)}"
                if forms
                else "has no name; add it"
            )
            yield self.finding(item, f"{quote(resource)} in {quote(item)}: {quote(service)} {known}")
