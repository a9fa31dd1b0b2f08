from collections.abc import Iterator
from functools import partial

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, entry_out, quote


class RedundantPrincipalInRoleTrustPolicy(StatementRule):
    """A trust policy names a session of a role beside the role itself.

    ## Why it matters
    The role stands for all its sessions. Who reads the policy may take it to be limited to that one.

    ## What to do instead
    Take the session out; or, where only that session is meant, the role.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-role-session
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.SUGGESTION
    aws = "REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY"
    kinds = frozenset(("trust",))
    elements = frozenset(("Principal",))
    tags = ("redundancy",)

    good = [
        Good(
            '{"Effect":"Allow","Action":"sts:AssumeRole",'
            '"Principal":{"AWS":["arn:aws:sts::111122223333:assumed-role/ci/build","arn:aws:iam::111122223333:role/CI"]}}',
            why="another role: names keep their capitals in ARNs",
        ),
        Good(
            '{"Effect":"Allow","Action":"sts:AssumeRole",'
            '"Principal":{"AWS":["arn:aws:sts::111122223333:assumed-role/ci/a","arn:aws:iam::444455556666:role/ci"]}}',
            why="another account",
        ),
        Good(
            '{"Effect":"Allow","Action":"sts:AssumeRole",'
            '"Principal":{"AWS":["arn:aws:sts::111122223333:assumed-role/ci/a","111122223333"]}}',
            why="the account only lets its own policies decide",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":['
            '«"arn:aws:sts::111122223333:assumed-role/ci/build"»,"arn:aws:iam::111122223333:role/ci"]}}',
            rewritten='{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":["arn:aws:iam::111122223333:role/ci"]}}',
            verdict="equivalent",
        ),
        Bad(
            '{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":["arn:aws:iam::111122223333:role/team/ci",'
            '«"arn:aws:sts::111122223333:assumed-role/ci/a"»,«"arn:aws:sts::111122223333:assumed-role/ci/b"»]}}',
            why="the ARN of a session leaves the path out",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        roles = {}
        for principal in statement.principals:
            if principal.type == "AWS" and (role := _role(principal.text, "iam", "role")):
                roles[role] = principal
        if not roles:
            return
        for principal in statement.principals:
            parent = roles.get(_role(principal.text, "sts", "assumed-role") or ()) if principal.type == "AWS" else None
            if parent is not None:
                message = f"{quote(principal)} is a session of {quote(parent)}, which stands here for all its sessions"
                yield self.finding(
                    principal,
                    f"{message}; take the session out",
                    related=[(parent, "the role")],
                    rewrite=partial(entry_out, statement.policy, principal.path),
                )


def _role(text: str, service: str, kind: str) -> tuple[str, ...] | None:
    """Partition, account and name of the role that an ARN of this service and kind is about."""
    fields = text.split(":", 5)
    if len(fields) < 6 or fields[0] != "arn" or fields[2:4] != [service, ""]:
        return None
    named, _, rest = fields[5].partition("/")
    name = rest.rpartition("/")[2] if kind == "role" else rest.partition("/")[0]
    return (fields[1], fields[4], name) if named == kind and name else None
