from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule


class RcpSyntaxErrorNotaction(StatementRule):
    """A resource control policy has NotAction.

    ## Why it matters
    AWS Organizations refuses to save the policy.

    ## What to do instead
    List in `Action` what is denied.

    ## References
    - https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "RCP_SYNTAX_ERROR_NOTACTION"
    kinds = frozenset(("rcp",))
    elements = frozenset(("NotAction",))
    tags = ("validity",)

    good = [
        Good('{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}', kind="rcp"),
        Good('{"Effect":"Deny","Principal":"*","Action":"s3:*","NotResource":"arn:aws:s3:::a"}', kind="rcp"),
        Good('{"Effect":"Deny","NotAction":"s3:*","Resource":"*"}', kind="scp", why="another kind of policy"),
    ]
    bad = [
        Bad('{"Effect":"Deny","Principal":"*","NotAction":«"s3:*"»,"Resource":"*"}', kind="rcp"),
        Bad('{"Effect":"Allow","Principal":"*","NotAction":«["s3:*","sqs:*"]»,"Resource":"*"}', kind="rcp"),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        if "NotAction" in statement:
            message = "a resource control policy cannot have NotAction; list in Action what is denied"
            yield self.finding(statement.at("NotAction"), message)
