from collections.abc import Iterator

from iamlint.rule import ALL_KINDS, Bad, Context, Good, Hit, Severity, Statement, StatementRule, missing


class MissingResource(StatementRule):
    """A statement has neither Resource nor NotResource.

    ## Why it matters
    IAM refuses to save the policy: outside role trust policies a statement must say which resources it is about.

    ## What to do instead
    Add `Resource` with the ARNs in use, or `"*"` for actions that know no resource.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "MISSING_RESOURCE"
    kinds = ALL_KINDS - {"trust"}
    only_irregular = True
    tags = ("validity",)

    good = [
        Good('{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}'),
        Good('{"Effect":"Deny","Action":"s3:*","NotResource":"arn:aws:s3:::logs/*"}'),
        Good(
            '{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}',
            why="the resource of a trust policy is its role",
        ),
    ]
    bad = [
        Bad('«{"Effect":"Allow","Action":"s3:GetObject"}»'),
        Bad(
            '«{"Effect":"Allow","Action":"s3:GetObject","resource":"*"}»',
            why="names are case-sensitive",
            rewritten='{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}',
            verdict="wider",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        yield from missing(self, statement, ("Resource", "NotResource"), "add the ARNs that it is about")
