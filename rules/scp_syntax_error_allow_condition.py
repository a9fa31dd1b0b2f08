from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule


class ScpSyntaxErrorAllowCondition(StatementRule):
    """A service control policy allows under a condition.

    ## Why it matters
    AWS Organizations once refused such a policy. Tools that have not kept up still do.

    ## What to do instead
    Where the policy must pass them, allow without the condition and deny the rest with the opposite one.

    ## When it can be wrong
    Since September 2025 AWS Organizations takes conditions in every statement, and AWS has withdrawn the check; the
    rule is there for those who ask for it.

    ## References
    - https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html
    """

    severity = Severity.ERROR
    aws = "SCP_SYNTAX_ERROR_ALLOW_CONDITION"
    kinds = frozenset(("scp",))
    effect = "Allow"
    elements = frozenset(("Condition",))
    preview = True
    tags = ("validity",)

    good = [
        Good(
            '{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}',
            kind="scp",
        ),
        Good('{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}'),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"*","Resource":"*","Condition":«{"Bool":{"aws:SecureTransport":"true"}}»}',
            kind="scp",
        ),
        Bad('{"Effect":"Allow","Action":"*","Resource":"*","Condition":«{}»}', kind="scp"),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        if "Condition" in statement:
            message = "an Allow of a service control policy once could not have a Condition"
            yield self.finding(statement.at("Condition"), f"{message}; for tools that still say so, use a Deny")
