"""What else the search answers: is there anything that two policies both allow, or one at all, or to anybody."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from iamlint.analyse.decide.assumptions import USUAL
from iamlint.analyse.decide.clauses import WITH_PRINCIPALS, reading
from iamlint.analyse.decide.compare import Policies, compare, several
from iamlint.analyse.decide.decision import MOST_WORK, Decision, Question
from iamlint.analyse.decide.replay import allows
from iamlint.analyse.decide.search import Options
from iamlint.analyse.request import Request
from iamlint.model import Policy
from iamlint.record import NamedTuple


class Answer(NamedTuple):
    """`yes`, `no` or `cannot-tell`.

    `witness` is a request that shows the answer, where one can; `reason` says why it cannot be told, `assumes` what the
    answer takes for granted where there is no request to show it (see `assumptions.ASSUMPTIONS`).
    """

    verdict: Literal["yes", "no", "cannot-tell"]
    witness: Request | None = None
    reason: str | None = None
    assumes: tuple[str, ...] = ()


def intersect(
    one: Policies,
    two: Policies,
    *,
    known_actions: bool = False,
    across_colons: bool = False,
    assume: Iterable[str] = USUAL,
    budget: int = MOST_WORK,
) -> Answer:
    """yes iff some request is allowed by both; the witness is one. Parameters as of `compare`."""
    ones, twos = several(one), several(two)
    denies = [clause for policy in (*ones, *twos) for clause in reading(policy).denies]
    questions = [
        Question((a, b), denies)
        for policy in ones
        for a in reading(policy).allows
        for other in twos
        for b in reading(other).allows
    ]
    return _answer((ones, twos), questions, Options(known_actions, across_colons, frozenset(assume)), budget)


def is_empty(
    policy: Policies,
    *,
    known_actions: bool = False,
    across_colons: bool = False,
    assume: Iterable[str] = USUAL,
    budget: int = MOST_WORK,
) -> Answer:
    """yes iff no request is allowed; where the answer is no the witness is one that is. Parameters as of `compare`."""
    options = Options(known_actions, across_colons, frozenset(assume))
    policies = several(policy)
    found = _answer((policies,), _all(policies), options, budget)
    opposite: dict[str, Literal["yes", "no"]] = {"yes": "no", "no": "yes"}
    return found._replace(verdict=opposite.get(found.verdict, "cannot-tell"))


def equivalent(
    one: Policies,
    two: Policies,
    *,
    known_actions: bool = False,
    across_colons: bool = False,
    assume: Iterable[str] = USUAL,
    budget: int = MOST_WORK,
) -> Answer:
    """yes iff both allow the same requests; the witness is one that only one allows. Parameters as of `compare`."""
    assume = frozenset(assume)
    for old, new in ((one, two), (two, one)):
        found = compare(
            old, new, known_actions=known_actions, across_colons=across_colons, assume=assume, budget=budget
        )
        if found.verdict != "no-new-access":
            return Answer("no" if found.witness else "cannot-tell", found.witness, found.reason)
    return Answer("yes", assumes=found.assumes)


def grants(
    policy: Policies,
    actions: Sequence[str],
    resources: Sequence[str] = ("*",),
    *,
    principals: object = "*",
    conditions: Mapping[str, object] | None = None,
    known_actions: bool = False,
    across_colons: bool = False,
    assume: Iterable[str] = USUAL,
    budget: int = MOST_WORK,
) -> Answer:
    """yes iff some request is allowed for one of `actions` on one of `resources`, all patterns; the witness is one.

    `principals` (what `Principal` may hold; counts for policies on resources only) and `conditions` (what `Condition`
    may hold) narrow the question down. Parameters as of `compare`.
    """
    policies = several(policy)
    statement: dict[str, object] = {
        "Effect": "Allow",
        "Action": list(actions),
        "Resource": list(resources),
        "Condition": dict(conditions or {}),
    }
    kind = policies[0].kind if policies else "identity"
    if kind in WITH_PRINCIPALS:
        statement["Principal"] = principals
    asked = Policy({"Version": "2012-10-17", "Statement": statement}, kind)
    return intersect(
        asked, policies, known_actions=known_actions, across_colons=across_colons, assume=assume, budget=budget
    )


def public(policy: Policies, *, assume: Iterable[str] = USUAL, budget: int = MOST_WORK) -> Answer:
    """yes iff the policy, on a resource, allows something to anybody; the witness is a request of a stranger.

    A stranger is nobody whom the policy names by account or ARN, and has no value that the policy fixes for a key that
    tells who asks or where from: `outsiders.TELLING`. So says Amazon S3's page "The meaning of 'public'".
    """
    policies = several(policy)
    if not all(entry.kind in WITH_PRINCIPALS for entry in policies):
        return Answer("no")
    return _answer((policies,), _all(policies), Options(assume=frozenset(assume), outsiders=True), budget)


def _all(policies: Sequence[Policy]) -> list[Question]:
    denies = [clause for policy in policies for clause in reading(policy).denies]
    return [Question((clause,), denies) for policy in policies for clause in reading(policy).allows]


def _answer(sides: Sequence[Sequence[Policy]], questions: Sequence[Question], options: Options, budget: int) -> Answer:
    """yes iff one of the questions has an answer that every side allows."""
    decision = Decision([policy for side in sides for policy in side], options, budget)
    found = decision.first(
        questions, lambda request: all(allows(side, request, options.across_colons) for side in sides)
    )
    if isinstance(found, Request):
        return Answer("yes", found)
    if found is not None:
        return Answer("cannot-tell", reason=found)
    return Answer("no", assumes=decision.assumes())
