from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule


class RoleTrustPolicySyntaxErrorNotprincipal(StatementRule):
    """A role's trust policy has NotPrincipal.

    ## Why it matters
    IAM refuses to save the policy: it must say who may assume the role.

    ## What to do instead
    Name in `Principal` who is meant. To keep somebody out, write a Deny with `Principal`, or with a condition on
    `aws:PrincipalArn`.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL"
    kinds = frozenset(("trust",))
    elements = frozenset(("NotPrincipal",))
    tags = ("validity",)

    good = [
        Good('{"Effect":"Deny","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}'),
        Good('{"Effect":"Deny","NotPrincipal":{"AWS":"111122223333"},"Action":"sts:AssumeRole","Resource":"*"}'),
    ]
    bad = [
        Bad('{"Effect":"Allow","NotPrincipal":«{"AWS":"111122223333"}»,"Action":"sts:AssumeRole"}'),
        Bad(
            '{"Effect":"Deny","NotPrincipal":«{"Service":["ec2.amazonaws.com"]}»,"Action":["sts:AssumeRole"]}',
            why="not even to keep all others out",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        if "NotPrincipal" in statement:
            message = "a trust policy cannot have NotPrincipal; name in Principal who may assume the role"
            yield self.finding(statement.at("NotPrincipal"), message)
