"""`compare --jsonl`: pairs of policies, one on a line."""

from typing import IO

from iamlint.analyse.decide.compare import Comparison, compare
from iamlint.analyse.decide.naming import recognisable
from iamlint.analyse.decide.replay import allows
from iamlint.cli.lines import answer_lines
from iamlint.engine.changes import Options
from iamlint.model import POLICY_KINDS, Policy, detect_kind
from iamlint.report.changes import as_json


def compare_cases(cases: IO[bytes], options: Options) -> None:
    """Prints the answer to each line of `cases`; exits with 2 where one could not be read."""

    def answer(case: dict[str, object]) -> dict[str, object]:
        id_, old, new = _read(case)
        return {"id": id_, **as_json(_compared(old, new, options))}

    answer_lines(cases, answer)


def _compared(old: list[Policy], new: list[Policy], options: Options) -> Comparison:
    found = compare(
        old,
        new,
        known_actions=options.known_actions,
        across_colons=options.across_colons,
        assume=options.assume,
    )
    if found.witness is None:
        return found
    across = options.across_colons
    witness = recognisable(
        found.witness, new, old, lambda request: allows(new, request, across) and not allows(old, request, across)
    )
    return found._replace(witness=witness)


def _read(case: dict[str, object]) -> tuple[str, list[Policy], list[Policy]]:
    """Id and both sides of a pair. Raises ValueError with a message for people."""
    id_ = case.get("id")
    if not isinstance(id_, str):
        raise ValueError("`id` is not a string")
    old, new = _documents(case, "old"), _documents(case, "new")
    kind = _kind(case.get("policy_type"), [*old, *new])
    return id_, [Policy(document, kind) for document in old], [Policy(document, kind) for document in new]


def _documents(case: dict[str, object], name: str) -> list[object]:
    value = case.get(name)
    documents: list[object] = value if isinstance(value, list) else [value]
    if not all(isinstance(document, dict) for document in documents):
        raise ValueError(f"`{name}` is neither a policy document nor a list of them")
    return documents


def _kind(told: object, documents: list[object]) -> str:
    """The kind of both sides: what is told, as far as the documents show it; they show it by naming principals."""
    if told in POLICY_KINDS:
        return str(told)
    if told not in (None, "IDENTITY_POLICY", "RESOURCE_POLICY"):
        raise ValueError("`policy_type` is neither IDENTITY_POLICY nor RESOURCE_POLICY nor a kind of policy")
    kinds = {detect_kind(document) for document in documents if Policy(document, "").statements} - {"identity"}
    if told == "IDENTITY_POLICY" or not kinds:
        return "identity"
    return "trust" if kinds == {"trust"} else "resource"
