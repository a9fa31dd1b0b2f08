from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule


class ScpSyntaxErrorNotresource(StatementRule):
    """A service control policy has NotResource.

    ## Why it matters
    AWS Organizations once refused such a policy. Tools that have not kept up still do.

    ## What to do instead
    Where the policy must pass them, name in `Resource` what is meant.

    ## When it can be wrong
    Since September 2025 AWS Organizations takes NotResource, and AWS has withdrawn the check; the rule is there for
    those who ask for it.

    ## References
    - https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html
    """

    severity = Severity.ERROR
    aws = "SCP_SYNTAX_ERROR_NOTRESOURCE"
    kinds = frozenset(("scp",))
    elements = frozenset(("NotResource",))
    preview = True
    tags = ("validity",)

    good = [
        Good('{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::a/*"}', kind="scp"),
        Good('{"Effect":"Deny","Action":"s3:*","NotResource":"arn:aws:s3:::a/*"}', why="another kind of policy"),
    ]
    bad = [
        Bad('{"Effect":"Deny","Action":"s3:*","NotResource":«"arn:aws:s3:::a/*"»}', kind="scp"),
        Bad('{"Effect":"Allow","Action":"s3:*","NotResource":«["arn:aws:s3:::a"]»}', kind="scp"),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        if "NotResource" in statement:
            message = "a service control policy once could not have NotResource"
            yield self.finding(statement.at("NotResource"), f"{message}; for tools that still say so, use Resource")
