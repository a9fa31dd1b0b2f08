from collections.abc import Iterator

from iamlint.rule import (
    Bad,
    Context,
    Good,
    Hit,
    Policy,
    PolicyRule,
    Severity,
    Statement,
    listing,
    statement_matches_action,
)

_SERVICE = "rolesanywhere.amazonaws.com"
_NEEDED = ("sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession")


class MissingActionForRolesAnywhereTrustPolicy(PolicyRule):
    """A role trusts IAM Roles Anywhere without all the actions that the service calls.

    ## Why it matters
    IAM Roles Anywhere assumes a role with the certificate's subject as source identity and its fields as session tags,
    in one call. Without any one of `sts:AssumeRole`, `sts:SetSourceIdentity` and `sts:TagSession` the call fails.

    ## What to do instead
    List all three.

    ## References
    - https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY"
    kinds = frozenset(("trust",))
    effect = "Allow"
    elements = frozenset(("Principal",))
    tags = ("validity",)

    good = [
        Good(
            '{"Effect":"Allow","Principal":{"Service":"rolesanywhere.amazonaws.com"},'
            '"Action":["sts:AssumeRole","sts:tagsession","sts:SetSourceIdentity"]}'
        ),
        Good('{"Effect":"Allow","Principal":{"Service":"rolesanywhere.amazonaws.com"},"Action":"sts:*"}', kind="trust"),
        Good('{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}'),
        Good('{"Effect":"Deny","Principal":{"Service":"rolesanywhere.amazonaws.com"},"Action":"sts:AssumeRole"}'),
        Good(
            '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"rolesanywhere.amazonaws.com"},'
            '"Action":["sts:TagSession","sts:SetSourceIdentity"]},{"Effect":"Allow","Action":"sts:AssumeRole",'
            '"Principal":{"Service":["ec2.amazonaws.com","rolesanywhere.amazonaws.com"]}}]}',
            why="the statements give all three together",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Principal":{"Service":"rolesanywhere.amazonaws.com"},"Action":«"sts:AssumeRole"»}',
        ),
        Bad(
            '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["rolesanywhere.amazonaws.com"]},'
            '"Action":«["sts:AssumeRole","sts:SetSourceIdentity"]»},{"Effect":"Allow","Action":"sts:TagSession",'
            '"Principal":{"Service":"ec2.amazonaws.com"}}]}',
            why="the other statement is for another service",
        ),
    ]

    def check(self, policy: Policy, ctx: Context) -> Iterator[Hit]:
        trusting = [s for s in policy.statements if s.allows and _names_service(s)]
        absent = [action for action in _NEEDED if not any(statement_matches_action(s, action) for s in trusting)]
        for statement in trusting[:1] if absent else ():
            element = next((name for name in ("Action", "NotAction") if name in statement), None)
            if element is not None:
                message = f"IAM Roles Anywhere cannot assume the role without {listing(absent)}; allow it that too"
                yield self.finding(statement.at(element), message)


def _names_service(statement: Statement) -> bool:
    return any(p.type == "Service" and p.text.lower() == _SERVICE for p in statement.principals)
