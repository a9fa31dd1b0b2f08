from collections.abc import Iterator
from functools import partial

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, taken_out


class ScpSyntaxErrorPrincipal(StatementRule):
    """A service control policy names a principal.

    ## Why it matters
    AWS Organizations refuses to save the policy: it binds all principals of the accounts that it is attached to.

    ## What to do instead
    Take the element out. To bind some principals only, compare `aws:PrincipalArn` in a condition.

    ## References
    - https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "SCP_SYNTAX_ERROR_PRINCIPAL"
    kinds = frozenset(("scp",))
    elements = frozenset(("Principal", "NotPrincipal"))
    tags = ("validity",)

    good = [
        Good('{"Effect":"Deny","Action":"s3:*","Resource":"*"}', kind="scp"),
        Good(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*",'
            '"Condition":{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/admin"}}}',
            kind="scp",
        ),
        Good('{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}', kind="rcp", why="must have one"),
    ]
    bad = [
        Bad(
            '{"Effect":"Deny","Principal":«"*"»,"Action":"s3:*","Resource":"*"}',
            kind="scp",
            rewritten='{"Effect":"Deny","Action":"s3:*","Resource":"*"}',
            verdict="equivalent",
        ),
        Bad('{"Effect":"Allow","NotPrincipal":«{"AWS":"111122223333"}»,"Action":"*","Resource":"*"}', kind="scp"),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for element in ("Principal", "NotPrincipal"):
            if element in statement:
                advice = "take it out, or compare `aws:PrincipalArn` in a condition"
                path = statement.at(element)
                everybody = statement.value[element] in ("*", {"AWS": "*"}, {"AWS": ["*"]}) and element == "Principal"
                yield self.finding(
                    path,
                    f"a service control policy cannot have {element}; {advice}",
                    rewrite=partial(taken_out, path) if everybody else None,
                )
