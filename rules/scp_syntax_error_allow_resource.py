from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule


class ScpSyntaxErrorAllowResource(StatementRule):
    """A service control policy allows on some resources only.

    ## Why it matters
    AWS Organizations once refused such a policy. Tools that have not kept up still do.

    ## What to do instead
    Where the policy must pass them, allow on `*` and deny on what is not meant.

    ## When it can be wrong
    Since September 2025 AWS Organizations takes ARNs in every statement, and AWS has withdrawn the check; the rule is
    there for those who ask for it.

    ## References
    - https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html
    """

    severity = Severity.ERROR
    aws = "SCP_SYNTAX_ERROR_ALLOW_RESOURCE"
    kinds = frozenset(("scp",))
    effect = "Allow"
    elements = frozenset(("Resource",))
    preview = True
    tags = ("validity",)

    good = [
        Good('{"Effect":"Allow","Action":"*","Resource":"*"}', kind="scp", why="the only value that was taken"),
        Good('{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::a/*"}', kind="scp"),
        Good('{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::a/*"}', why="another kind of policy"),
    ]
    bad = [
        Bad('{"Effect":"Allow","Action":"s3:*","Resource":«"arn:aws:s3:::a/*"»}', kind="scp"),
        Bad('{"Effect":"Allow","Action":"s3:*","Resource":["*",«"arn:aws:s3:::a"»]}', kind="scp"),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for item in statement.resources:
            if item.text != "*":
                message = "an Allow of a service control policy once could not name resources"
                yield self.finding(item, f"{message}; for tools that still say so, write `*` and use a Deny")
