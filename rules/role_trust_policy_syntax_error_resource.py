from collections.abc import Iterator
from functools import partial

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, taken_out


class RoleTrustPolicySyntaxErrorResource(StatementRule):
    """A role's trust policy names a resource.

    ## Why it matters
    IAM refuses to save the policy: its resource is the role that it is attached to.

    ## What to do instead
    Take `Resource` or `NotResource` out.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE"
    kinds = frozenset(("trust",))
    elements = frozenset(("Resource", "NotResource"))
    tags = ("validity",)

    good = [
        Good('{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}'),
        Good(
            '{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole","Resource":"*"}',
            kind="resource",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole","Resource":«"*"»}',
            kind="trust",
            rewritten='{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}',
            verdict="equivalent",
        ),
        Bad(
            '{"Effect":"Deny","Principal":{"AWS":"*"},"Action":"sts:AssumeRole",'
            '"NotResource":«"arn:aws:iam::111122223333:role/a"»}',
            kind="trust",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for element in ("Resource", "NotResource"):
            if element in statement:
                message = f"a trust policy is about the role that it is attached to and has no {element}; take it out"
                path = statement.at(element)
                yield self.finding(path, message, rewrite=partial(taken_out, path) if element == "Resource" else None)
