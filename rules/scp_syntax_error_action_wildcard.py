from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, has_wildcard, quote


class ScpSyntaxErrorActionWildcard(StatementRule):
    """An action of a service control policy has a wildcard before its end.

    ## Why it matters
    AWS Organizations once refused such a policy. Tools that have not kept up still do.

    ## What to do instead
    Where the policy must pass them, write the wildcard at the end, or list the actions.

    ## When it can be wrong
    Since September 2025 AWS Organizations takes wildcards anywhere in an action. AWS still lists the check, so the rule
    is there for those who ask for it.

    ## References
    - https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "SCP_SYNTAX_ERROR_ACTION_WILDCARD"
    kinds = frozenset(("scp",))
    only_wildcards = True
    preview = True
    tags = ("validity",)

    good = [
        Good('{"Effect":"Deny","Action":["*","s3:*","iam:Get*","iam:Get?"],"Resource":"*"}', kind="scp"),
        Good('{"Effect":"Deny","Action":"iam:*Role","Resource":"*"}', why="another kind of policy"),
        Good('{"Effect":"Deny","Action":"s3:GetObject","Resource":"arn:aws:s3:::*-logs"}', kind="scp"),
    ]
    bad = [
        Bad('{"Effect":"Deny","Action":«"iam:*Role"»,"Resource":"*"}', kind="scp"),
        Bad('{"Effect":"Deny","NotAction":["iam:Get*",«"s?:Get*"»,«"*:Get"»],"Resource":"*"}', kind="scp"),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for item in statement.actions + statement.not_actions:
            if has_wildcard(item.text.rstrip("*?")):
                message = f"{quote(item)} has a wildcard before its end"
                yield self.finding(item, f"{message}; where a service control policy must not, list the actions")
