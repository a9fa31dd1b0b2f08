"""A rule's draft for one document, made and proven."""

from iamlint.finding import Draft, Proof
from iamlint.model import Policy
from iamlint.record import NamedTuple
from iamlint.rewrite.cover import form_of
from iamlint.rewrite.prove import MOST_WORK, prove
from iamlint.syntax.change import Change, Conflict, changed


class Proposal(NamedTuple):
    """Changes of a document with what they are worth.

    `denies` says that they add a Deny or strengthen one, which is safe against attackers and can lock out the owner;
    `never_applied` that they are for people to make. `denied` is how many observed requests would be denied
    afterwards; None where nothing was replayed.
    """

    title: str
    changes: tuple[Change, ...]
    proof: Proof
    denies: bool
    never_applied: bool = False
    denied: int | None = None

    @property
    def safe(self) -> bool:
        """True iff the policy means the same afterwards."""
        return self.proof.verdict == "equivalent" and not self.never_applied


def proposal(draft: Draft, policy: Policy, budget: int = MOST_WORK) -> Proposal | None:
    """`draft` with its proof; None where it changes nothing, cannot be made or leaves a list or an object empty."""
    after = changed_policy(policy, draft.changes)
    if after is None:
        return None
    proof = prove(policy, after, budget) if draft.shown_only is None else Proof("unproven", draft.shown_only)
    return Proposal(draft.title, draft.changes, proof, adds_deny(policy, after), draft.never_applied)


def together(policy: Policy, changes: tuple[Change, ...]) -> tuple[Proof, Policy] | None:
    """The proof of changes that several drafts ask for, and what they make; None as for one of them."""
    after = changed_policy(policy, changes)
    return None if after is None else (prove(policy, after), after)


def adds_deny(before: Policy, after: Policy) -> bool:
    """True iff some Deny statement of `after` is none of `before`, in whatever spelling."""
    known = {form_of(statement) for statement in before.statements if statement.denies}
    return any(statement.denies and form_of(statement) not in known for statement in after.statements)


def changed_policy(policy: Policy, changes: tuple[Change, ...]) -> Policy | None:
    """The policy after the changes; None as for `proposal`."""
    try:
        value = changed(policy.value, changes)
    except (Conflict, IndexError, KeyError, TypeError):  # a draft is a rule's, and not trusted
        return None
    if value == policy.value or _empties(value, policy.value) > _empties(policy.value, value):
        return None
    return Policy(value, policy.kind, policy.resource_type)


def _empties(value: object, beside: object) -> int:
    """How many lists and objects in `value` hold nothing: what is in each of two places may go, but not in both.

    Statements that are `beside` as well do not count.
    """
    known = set(map(id, _statements(beside)))
    count, left = 0, [value]
    while left:
        here = left.pop()
        if isinstance(here, (dict, list)) and id(here) not in known:
            count += not here
            left += here.values() if isinstance(here, dict) else here
    return count


def _statements(value: object) -> list[object]:
    held = value.get("Statement") if isinstance(value, dict) else None
    return held if isinstance(held, list) else []
