"""What is asked and what is answered: a request, the policies that apply to it, and the decision."""

from collections.abc import Mapping, Sequence
from typing import Final

from iamlint.model import Policy, Statement
from iamlint.record import NamedTuple

ALLOWED: Final = "Allowed"
IMPLICITLY_DENIED: Final = "ImplicitlyDenied"
EXPLICITLY_DENIED: Final = "ExplicitlyDenied"
CANNOT_TELL: Final = "CannotTell"


class Request(NamedTuple):
    """One request to AWS.

    `principal` is an ARN (user, role, role session, federated user, root, identity provider), a service name or
    `anonymous`; `action` is a full name; `resource` an ARN, or `*` for an action without one. `resource_account`
    owns the resource; where it is None the ARN tells, or the principal's account is assumed. `context` holds
    condition keys, in any case, with a value or a list of them; keys that follow from the principal are added
    where they are absent.
    """

    principal: str
    action: str
    resource: str = "*"
    resource_account: str | None = None
    context: Mapping[str, str | Sequence[str]] = {}

    @property
    def owner(self) -> str | None:
        """The account that owns the resource; None where neither the request nor the ARN tells."""
        fields = self.resource.split(":", 5)
        return self.resource_account or (fields[4] if len(fields) == 6 and fields[4].isdigit() else None)


class Policies(NamedTuple):
    """The policies that apply to a request, by kind: empty where there is none, None where that is not known.

    `scps` and `rcps` are levels, from the root of the organisation down to the account. SCPs are those of the
    principal's account, RCPs those of the resource's; neither binds the account `management_account`.
    """

    identity: Sequence[Policy] | None = ()
    boundary: Sequence[Policy] | None = None
    scps: Sequence[Sequence[Policy]] | None = None
    rcps: Sequence[Sequence[Policy]] | None = None
    resource: Sequence[Policy] | None = None
    session: Sequence[Policy] | None = None
    management_account: str | None = None


class Blocker(NamedTuple):
    """What stands in the way of a request: the step, a sentence, and the statement if it is one that denies.

    `step` is `rcp`, `scp`, `resource`, `identity`, `boundary` or `session`.
    """

    step: str
    reason: str
    statement: Statement | None = None


class Decision(NamedTuple):
    """The answer to a request.

    `decision` is `Allowed`, `ImplicitlyDenied`, `ExplicitlyDenied`, or `CannotTell` where only policies that are not
    known stand in the way. `statement` is the one that decided: the first that allows, or the first that denies; None
    where nothing matches or no policy is asked. `blockers` is everything that stands in the way: first the statements
    that deny, then the steps that do not allow, both in AWS's order; empty iff allowed. `assumed` says what the answer
    takes for granted.
    """

    decision: str
    reason: str
    statement: Statement | None = None
    blockers: tuple[Blocker, ...] = ()
    assumed: tuple[str, ...] = ()

    @property
    def allowed(self) -> bool:
        """True iff the request is allowed."""
        return self.decision == ALLOWED
