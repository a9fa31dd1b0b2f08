"""The text of a file with its policies in another form, proven to mean the same."""

import json
import re
from collections.abc import Sequence
from typing import Final

from iamlint.analyse.minimise import compacted, normalised, unreadable
from iamlint.analyse.normal import normal_form
from iamlint.analyse.work import TooMuchWork
from iamlint.load import PolicyDocument
from iamlint.model import Policy
from iamlint.rewrite.prove import prove
from iamlint.syntax import SyntaxProblem, parse
from iamlint.syntax.change import Put
from iamlint.syntax.edits import applied

_WORK: Final = 200_000
"""Steps for each question of the proof; where that is not enough it is proven piece by piece."""
_WORK_OF_GUESS: Final = 20_000


_LONGEST: Final = 200_000
"""Characters of a document: several times what the largest policies of AWS's own have, and what any service takes."""


class NotFormatted(Exception):
    """Why a file stays as it is, in words."""


def reformatted(text: str, documents: Sequence[PolicyDocument], compact: bool = False) -> str:
    """`text` with each of its policy documents in its normal form, or as short as is found.

    A file that is one document is written anew, in its own step of indentation (two spaces where it has none) and line
    ends; documents inside other values are replaced there. Raises `NotFormatted` where it is not proven that a document
    means the same, or it holds a key twice.
    """
    made = []
    for document in documents:
        if document.may_repeat_keys:
            raise NotFormatted("a key stands twice in an object, and only its author knows which is meant")
        if document.extent > _LONGEST:
            raise NotFormatted(f"a policy of more than {_LONGEST:,} characters is none that AWS takes")
        policy = Policy(document.value, document.kind, document.resource_type)
        value = _proven(policy, compact)
        try:
            if len(documents) == 1 and _is_whole(document, text):
                return _printed(value, text, compact)
            if json.dumps(value) != json.dumps(document.value):
                made += document.edits((Put((), value),)) or []
        except UnicodeError as error:
            raise NotFormatted("it holds text that cannot be written again") from error
    return applied(text, sorted(made))


def _is_whole(document: PolicyDocument, text: str) -> bool:
    span = document.span(())
    return not (text[: span.start].strip(" \t\r\n") or text[span.end :].strip(" \t\r\n"))


def _proven(policy: Policy, compact: bool) -> object:
    """The other form of the policy. Raises `NotFormatted`."""
    reason = unreadable(policy)
    if reason is not None:
        raise NotFormatted(reason)

    try:
        value = normalised(policy)
        why = _doubt(policy, _like(policy, value))
        if why is not None:
            raise NotFormatted(f"it is not proven that the policy means the same: {why}")
        if compact:
            normal = _like(policy, value)
            shorter = compacted(normal, _are_same)
            if _doubt(normal, _like(policy, shorter)) is None:
                return shorter
    except TooMuchWork as error:
        raise NotFormatted("it takes more work than is allowed") from error
    return value


def _are_same(before: Policy, after: Policy) -> bool:
    return prove(before, after, _WORK_OF_GUESS).verdict == "equivalent"


def _doubt(before: Policy, after: Policy) -> str | None:
    """Why it is not proven that both mean the same; None where it is."""
    if _forms(before) == _forms(after):
        return None
    proof = prove(before, after, _WORK)
    if proof.verdict == "equivalent":
        return None
    return proof.reason if proof.verdict == "unproven" else f"the form that was found is {proof.verdict}"


def _like(policy: Policy, value: object) -> Policy:
    return Policy(value, policy.kind, policy.resource_type)


def _forms(policy: Policy) -> set[str]:
    """Statements by their normal form: what is equal here means the same."""
    return {json.dumps(normal_form(statement), sort_keys=True) for statement in policy.statements}


def _printed(value: object, text: str, compact: bool) -> str:
    """`value` as the text of a file that held `text`. Raises `NotFormatted` where JSON cannot say it."""
    ascii_only = text.isascii() or any("\ud800" <= char <= "\udfff" for char in text)
    newline = next(iter(re.findall("\r\n|\n|\r", text)), "\n")
    if compact:
        made = json.dumps(value, ensure_ascii=ascii_only, separators=(",", ":"))
        end = newline if text.endswith(("\n", "\r")) else ""
    else:
        indented = re.search(r"[{\[](?:\r\n|\n|\r)(\t|[ ]{1,8})\S", text)
        made = json.dumps(value, ensure_ascii=ascii_only, indent=indented[1] if indented else 2)
        end = newline
    if newline != "\n":
        made = made.replace("\n", newline)  # inside of strings it is escaped
    try:
        read = parse(made).value
    except SyntaxProblem as problem:
        raise NotFormatted(f"it cannot be written again: {problem}") from problem
    if read != value:
        raise NotFormatted("it cannot be written again")
    return made + end
