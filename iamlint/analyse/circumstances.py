"""Contexts that meet a statement's conditions, and ways around the statements that deny.

Both look for an example. What they find has been evaluated and holds; that they find nothing proves nothing, for values
are tried, not solved for.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

from iamlint.analyse.conditions import condition_holds, parse_operator
from iamlint.analyse.decide.assumptions import ALWAYS_PRESENT, presence
from iamlint.analyse.evaluation import EXPLICITLY_DENIED, Decision, Request, evaluate
from iamlint.analyse.example import WORD, fill
from iamlint.analyse.resources import completed
from iamlint.analyse.variables import Context, resolve, variable_parts
from iamlint.model import Condition, Policy, Statement

Circumstances = dict[str, tuple[str, ...]]
"""The condition keys of a request, in lower case; an absent key is left out. Nobody changes one that is made."""

_PRESENT: Final = frozenset((ALWAYS_PRESENT,))
_MOST_VALUES: Final = 20  # of one condition that are tried
_MOST_KEYS: Final = 100  # that are told apart; a policy of a size that IAM takes has fewer
_PLAUSIBLE: Final = {
    "aws:requestedregion": "us-east-1",
    "aws:sourceip": "203.0.113.10",
    "aws:sourcevpc": "vpc-0123456789abcdef0",
    "aws:sourcevpce": "vpce-0123456789abcdef0",
    "aws:calledvia": "cloudformation.amazonaws.com",
    "aws:calledviafirst": "cloudformation.amazonaws.com",
    "aws:calledvialast": "cloudformation.amazonaws.com",
    "aws:principalorgid": "o-exampleorgid",
}


class Tries:
    """How many contexts and patterns may still be tried: a hostile policy must not cost unbounded time."""

    __slots__ = ("left",)

    def __init__(self, number: int) -> None:
        self.left = number

    def take(self) -> bool:
        """True iff one more may be made."""
        self.left -= 1
        return self.left >= 0


def entries(policies: Iterable[Policy]) -> int:
    """How many statements, actions, resources, condition keys and values the policies have together."""
    return sum(
        1
        + sum([_count(s.value.get(name)) for name in ("Action", "NotAction", "Resource", "NotResource")])
        + sum([1 + _count(values) for values in _compared(s)])
        for policy in policies
        for s in policy.statements
    )


def _compared(statement: Statement) -> Iterator[object]:
    block = statement.value.get("Condition")
    for keys in block.values() if isinstance(block, dict) else ():
        yield from keys.values() if isinstance(keys, dict) else ()


def _count(value: object) -> int:
    return len(value) if isinstance(value, list) else value is not None


def mentioned_keys(policies: Iterable[Policy]) -> dict[str, str]:
    """The condition keys that a condition or a variable of `policies` names: lower case → as written there.

    The first hundred of them.
    """
    keys: dict[str, str] = {}
    for policy in policies:
        for statement in policy.statements:
            for condition in statement.conditions:
                keys.setdefault(condition.key.lower(), condition.key)
            for text in _with_variables(statement) if policy.has_variables else ():
                for _, inside in variable_parts(text):
                    name = (inside or "").partition(",")[0].strip()
                    if ":" in name:
                        keys.setdefault(name.lower(), name)
    return dict(islice(keys.items(), _MOST_KEYS))


def _with_variables(statement: Statement) -> Iterator[str]:
    """The texts of resources and values of conditions that hold a variable."""
    for name in ("Resource", "NotResource"):
        given = statement.value.get(name)
        for text in given if isinstance(given, list) else [given]:
            if isinstance(text, str) and "${" in text:
                yield text
    for condition in statement.conditions:
        for item in condition.values:
            if "${" in item.text:
                yield item.text


def plausible(key: str) -> str:
    """A value that a request might have for the key, which is given in lower case."""
    return _PLAUSIBLE.get(key, WORD)


def all_hold(conditions: Iterable[Condition], policy: Policy, context: Circumstances) -> bool:
    """True iff each of these conditions of `policy` holds."""
    known = Context.lowered(context)
    return all(condition_holds(c, known, known if policy.has_variables else None) for c in conditions)


def satisfying(
    conditions: Iterable[Condition],
    policy: Policy,
    context: Circumstances,
    free: Callable[[str], bool],
    tries: Tries,
) -> Circumstances | None:
    """`context` with free keys changed so that all `conditions` hold; None where none was found.

    `free` says of a key in lower case whether it may take another value, or be absent.
    """
    grouped = by_key(conditions)
    if len(grouped) > _MOST_KEYS:
        return None
    for key, own in grouped.items():
        if all_hold(own, policy, context):
            continue
        if not free(key):
            return None
        ways = (way for way in variants(key, own, policy, context) if tries.take() and all_hold(own, policy, way))
        changed = next(ways, None)
        if changed is None:
            return None
        context = changed
    return context


def around_denies(
    request: Request,
    policies: Sequence[Policy],
    free: Callable[[str], bool],
    keep: tuple[Sequence[Condition], Policy],
    tries: Tries,
) -> tuple[Request, Decision] | None:
    """The request, with free keys of its context changed, as no statement denies it; None where none was found.

    The conditions `keep` of a policy go on holding. The keys of the request's context are in lower case.
    """
    stack, seen = [request], set()
    while stack and tries.take():
        request = stack.pop()
        decision = evaluate(request, policies)
        if decision.decision != EXPLICITLY_DENIED or decision.statement is None:
            return request, decision
        context = {key: tuple(values) for key, values in request.context.items()}
        ways = [way for way in escapes(decision.statement, context, free) if tries.take()]
        for changed in reversed(ways):
            mark = frozenset(changed.items())
            if mark not in seen and all_hold(*keep, changed):
                seen.add(mark)
                stack.append(request._replace(context=changed))
    return None


def escapes(deny: Statement, context: Circumstances, free: Callable[[str], bool]) -> Iterator[Circumstances]:
    """`context` with one key changed so that the statement's conditions no longer hold."""
    for key, own in islice(by_key(deny.conditions).items(), _MOST_KEYS):
        if free(key):
            for changed in variants(key, own, deny.policy, context):
                if not all_hold(own, deny.policy, changed):
                    yield changed


def by_key(conditions: Iterable[Condition]) -> dict[str, list[Condition]]:
    """The conditions by their key in lower case."""
    found: dict[str, list[Condition]] = {}
    for condition in conditions:
        found.setdefault(condition.key.lower(), []).append(condition)
    return found


def variants(
    key: str, conditions: Iterable[Condition], policy: Policy, context: Circumstances
) -> Iterator[Circumstances]:
    """`context` with other values of `key`: what the conditions name, what they do not, and, if it may be, none.

    They are of the type that the operators want.
    """
    tried: set[str] = set()
    variables = Context.lowered(context) if policy.has_variables else None
    for condition in conditions:
        for value in _values(key, condition, variables):
            if value and value not in tried:
                tried.add(value)
                yield {**context, key: (value,)}
    if presence(key, _PRESENT) is not True:
        yield {name: values for name, values in context.items() if name != key}


def _values(key: str, condition: Condition, variables: Context | None) -> Iterator[str]:
    operator = parse_operator(condition.operator)
    family = operator.family if operator else "Null"
    texts = [item.text for item in condition.values[:_MOST_VALUES]]
    resolved = [text for text in (resolve(text, variables) for text in texts) if text is not None]
    if family == "Bool":
        yield from ("true", "false")
    elif family == "Numeric":
        yield from _numbers(resolved)
    elif family == "Date":
        yield from (*resolved, "2000-01-01T00:00:00Z", "2100-01-01T00:00:00Z")
    elif family == "IpAddress":
        from iamlint.analyse.addresses import address_outside

        for text in resolved:
            yield address_outside((), (text,)) or ""
        yield address_outside([item.text for item in condition.values]) or ""
    elif family == "Arn":
        for text in resolved:
            yield fill(completed(text) if text.endswith("*") else text)
        yield "arn:aws:iam::111122223333:role/example"
    elif family != "Null":
        like = operator is not None and operator.name.endswith("Like")
        yield from (fill(text) if like else text for text in resolved)
        yield plausible(key)
        yield f"{WORD}-2"
    else:
        yield plausible(key)


def _numbers(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield text
        try:
            number = int(text)
        except ValueError:
            continue
        yield from (str(number + 1), str(number - 1))
