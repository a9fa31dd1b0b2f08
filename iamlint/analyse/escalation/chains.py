"""The shortest way of each user and role to every right, over the graph of who can become whom."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from iamlint.analyse.escalation.entries import Entry
from iamlint.analyse.escalation.moves import NEARLY, PERHAPS, SURE, Step, Takeovers
from iamlint.analyse.escalation.own import Change, Own
from iamlint.analyse.escalation.people import people_of
from iamlint.analyse.escalation.rights import Limits, Rights
from iamlint.model.account import Account
from iamlint.model.fact import Unknown
from iamlint.record import NamedTuple

if TYPE_CHECKING:
    from networkx import DiGraph

_TOP: Final = ("", ())
"""The node of whoever has every right."""


class Chain(NamedTuple):
    """How a user or role comes to every right, by the fewest steps; sure ones come before others."""

    principal: str
    steps: tuple[Step, ...]

    @property
    def certainty(self) -> int:
        """That of the least certain step: `SURE`, `NEARLY` or `PERHAPS`."""
        return max(step.certainty for step in self.steps)

    @property
    def is_sure(self) -> bool:
        """True iff nothing more is needed."""
        return self.certainty == SURE

    @property
    def is_near(self) -> bool:
        """True iff what it waits for is in the account's own policies and keys."""
        return self.certainty == NEARLY

    @property
    def waits_for(self) -> str | None:
        """What the chain needs besides; None where it is sure."""
        return next((step.waits_for for step in self.steps if step.certainty == self.certainty), None)

    @property
    def assumes(self) -> tuple[str, ...]:
        """What the steps take for granted."""
        return tuple(dict.fromkeys(text for step in self.steps for text in step.assumes))


class Escalations(NamedTuple):
    """Who is, or can become, administrator of an account; by ARN.

    `administrators` hold every right already, by a policy of their own or a group's; the value is a statement that says
    so. `capped` would, but for their permissions boundary or an SCP. `chains` are of all who can come to what one of
    the two holds and are none of them; a chain to one who is capped is not sure. `unknown` are those of whom the
    exports do not tell enough. `assumed` says what every answer takes for granted.
    """

    administrators: Mapping[str, Entry]
    capped: Mapping[str, Entry]
    chains: Mapping[str, Chain]
    unknown: Mapping[str, Unknown]
    assumed: tuple[str, ...] = ()


def escalations(account: Account) -> Escalations:
    """Who is and who can become administrator; worked out once for an account.

    Counted are users and roles, with all policies that apply to them, their boundary, the SCPs of the account where
    they are known, and the trust of roles. Conditions that somebody can meet (a network, MFA, a time) do not stop her,
    and a Deny stops her only where she cannot avoid its condition. Nearly linear in the size of the account: only those
    with a statement about one of the actions are looked at, and only targets that lead on.
    """
    found = account.kept.get(Escalations)
    if not isinstance(found, Escalations):
        found = account.kept[Escalations] = _Search(account).result()
    return found


def paths(account: Account) -> Mapping[str, Chain]:
    """ARN → the shortest chain to administrator of each user and role that can become one and is none."""
    return escalations(account).chains


_State = tuple[str, tuple[str, ...]]
"""A principal, and what she has changed about herself."""


class _Edge(NamedTuple):
    source: _State
    target: _State
    step: Step


class _Search:
    def __init__(self, account: Account) -> None:
        self.people = people_of(account)
        self.own = Own(self.people)
        self.administrators: dict[str, Entry] = {}
        self.capped: dict[str, Entry] = {}
        for arn, rights in self.people.rights.items():
            entry = rights.administers
            if entry is not None:
                self.administrators[arn] = entry
            elif rights.limits.caps:
                entry = rights.with_(limits=Limits()).administers
                if entry is not None:
                    self.capped[arn] = entry

    def result(self) -> Escalations:
        people = self.people
        self.top = Takeovers(people, self.administrators)
        self.below = Takeovers(people, self.capped)
        self.onward = Takeovers(people, self._leading_on())
        self.everybody = Takeovers(people, people.rights)
        edges = [edge for arn, rights in people.rights.items() for edge in self._edges(arn, rights)]
        chains = dict(self._chains(edges))
        unknown = dict(people.unknown)
        unknown.update(self._stopped_at_unknown(edges, chains))
        assumed = ("no service control policy of the account stands in the way",) if people.scps_unknown else ()
        return Escalations(self.administrators, self.capped, chains, unknown, assumed)

    def _leading_on(self) -> Iterator[str]:
        """Those who are no administrators and may lead to one: with a statement that matters, or named by a trust."""
        people = self.people
        named = {name for trust in people.trusts.values() for name in trust.named}
        for arn in people.members:
            if arn in self.administrators:
                continue
            rights = people.rights.get(arn)
            if rights is None or rights.leads_on or arn in named:
                yield arn

    def _edges(self, arn: str, rights: Rights) -> Iterator[_Edge]:
        """The steps that matter of one principal: where one leads to the top, it alone."""
        if arn in self.administrators:
            return
        yield from self._from((arn, ()), rights)

    def _from(self, state: _State, rights: Rights) -> Iterator[_Edge]:
        arn, changed = state
        if not rights.leads_on:
            yield from self._by_trust(state, rights)
            return
        principal = self.people.members[arn]
        direct = self._to_the_top(state, rights)
        if direct is not None:
            yield _Edge(state, _TOP, direct)
            return
        for change in self.own.changes(principal, rights) if len(changed) < 2 else ():
            if change.rights.administers is not None:
                yield _Edge(state, _TOP, change.step)
                return
        other = next(self.own.by_others(principal, rights, self.everybody), None)
        if other is not None:
            yield _Edge(state, _TOP, other)
            return
        for target, step in self.below.of(arn, rights):
            yield _Edge(state, _TOP, self._under_limits(target, step))
            break
        for certainty in (NEARLY, PERHAPS):
            for _, step in self.top.perhaps(arn, rights):
                if step.certainty == certainty:
                    yield _Edge(state, _TOP, step)
                    break
        for target, step in self.onward.of(arn, rights):
            yield _Edge(state, (target, ()), step)
        for target, step in self.onward.perhaps(arn, rights):
            yield _Edge(state, (target, ()), step)
        yield from self._changed(state, rights)

    def _under_limits(self, target: str, step: Step) -> Step:
        """A step to somebody who would be administrator but for her limits."""
        limits = self.people.rights[target].limits
        what = "permissions boundary" if limits.boundary is not None else "service control policies"
        return step._replace(waits_for=f"the {what} of the {step.on_kind} to be wider", certainty=NEARLY)

    def _by_trust(self, state: _State, rights: Rights) -> Iterator[_Edge]:
        """What roles let in by name who has no right that helps."""
        taken = next(self.top.of(state[0], rights), None)
        if taken is not None:
            yield _Edge(state, _TOP, taken[1])
            return
        for target, step in self.below.of(state[0], rights):
            yield _Edge(state, _TOP, self._under_limits(target, step))
            break
        for target, step in self.onward.of(state[0], rights):
            yield _Edge(state, (target, ()), step)

    def _changed(self, state: _State, rights: Rights) -> Iterator[_Edge]:
        arn, changed = state
        if len(changed) >= 2:
            return
        changes: list[Change] = list(self.own.changes(self.people.members[arn], rights))
        for change in changes:
            if change.step.on in changed:
                continue
            after = (arn, (*changed, change.step.on + change.step.does))
            yield _Edge(state, after, change.step)
            yield from self._from(after, change.rights)

    def _to_the_top(self, state: _State, rights: Rights) -> Step | None:
        principal = self.people.members[state[0]]
        own = next(self.own.to_everything(principal, rights), None)
        if own is not None:
            return own
        taken = next(self.top.of(state[0], rights), None)
        return None if taken is None else taken[1]

    def _chains(self, edges: list[_Edge]) -> Iterator[tuple[str, Chain]]:
        """The shortest chains; those of sure steps first."""
        reached: set[str] = set()
        for certainty in (SURE, NEARLY, PERHAPS) if edges else ():
            graph = _graph(edges, certainty)
            following = _following(graph)
            for arn in self.people.rights:
                state: _State = (arn, ())
                if state not in following or arn in reached:
                    continue
                reached.add(arn)
                steps: list[Step] = []
                while state != _TOP:
                    target = following[state]
                    steps.append(graph.edges[target, state]["step"])
                    state = target
                yield arn, Chain(arn, tuple(steps))

    def _stopped_at_unknown(self, edges: list[_Edge], chains: Mapping[str, Chain]) -> Iterator[tuple[str, Unknown]]:
        """Those who come no further than to somebody of whom too little is known."""
        if not (self.people.unknown and edges):
            return
        graph = _graph(edges, PERHAPS)
        for arn, lack in self.people.unknown.items():
            node: _State = (arn, ())
            if node not in graph:
                continue
            for source in _following(graph, node):
                if source[0] not in chains and source[0] not in self.people.unknown:
                    yield source[0], lack


def _graph(edges: list[_Edge], certainty: int) -> "DiGraph[_State]":
    """Target → source, with the step, of all steps that are at least so certain."""
    from networkx import DiGraph

    graph: DiGraph[_State] = DiGraph()
    graph.add_node(_TOP)
    for edge in edges:
        if edge.step.certainty > certainty:
            continue
        known = graph.get_edge_data(edge.target, edge.source)
        if known is None or known["step"].certainty > edge.step.certainty:
            graph.add_edge(edge.target, edge.source, step=edge.step)
    return graph


def _following(graph: "DiGraph[_State]", start: _State = _TOP) -> dict[_State, _State]:
    """For each state from which `start` is reached: the next one on a shortest way."""
    from networkx import bfs_edges

    return {source: target for target, source in bfs_edges(graph, start)}
