from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule


class ScpSyntaxErrorAllowNotaction(StatementRule):
    """A service control policy allows all actions but those listed.

    ## Why it matters
    AWS Organizations once refused such a policy. Tools that have not kept up still do.

    ## What to do instead
    Where the policy must pass them, allow `*` and deny the actions that are listed.

    ## When it can be wrong
    Since September 2025 AWS Organizations takes NotAction in every statement, and AWS has withdrawn the check; the rule
    is there for those who ask for it.

    ## References
    - https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html
    """

    severity = Severity.ERROR
    aws = "SCP_SYNTAX_ERROR_ALLOW_NOTACTION"
    kinds = frozenset(("scp",))
    effect = "Allow"
    elements = frozenset(("NotAction",))
    preview = True
    tags = ("validity",)

    good = [
        Good('{"Effect":"Deny","NotAction":"iam:*","Resource":"*"}', kind="scp"),
        Good('{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}', why="another kind of policy"),
    ]
    bad = [
        Bad('{"Effect":"Allow","NotAction":«"iam:*"»,"Resource":"*"}', kind="scp"),
        Bad('{"Effect":"Allow","NotAction":«["iam:*","sts:*"]»,"Resource":"*"}', kind="scp"),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        if "NotAction" in statement:
            message = "an Allow of a service control policy once could not have NotAction"
            yield self.finding(statement.at("NotAction"), f"{message}; for tools that still say so, use Action")
