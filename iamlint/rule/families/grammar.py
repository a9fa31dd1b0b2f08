"""The shape of a policy document: which JSON type each element has.

Source: AWS IAM User Guide, "Grammar of the IAM JSON policy language".
"""

from collections.abc import Iterator
from typing import Final

from iamlint.model import Policy
from iamlint.syntax import Path

POLICY_ELEMENTS: Final = ("Version", "Id", "Statement")


def type_name(value: object) -> str:
    """The JSON type of `value`, with its article, for messages."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, str):
        return "a string"
    return "a list" if isinstance(value, list) else "an object"


def wrong_types(policy: Policy) -> Iterator[tuple[Path, str, object]]:
    """Each value whose JSON type the grammar forbids: its path, what is wanted there, the value itself.

    The outermost wrong value is given, not what stands inside it.
    """
    document = policy.value
    if not isinstance(document, dict):
        yield (), "an object with a Version and a Statement", document
        return
    for name in ("Version", "Id"):
        if name in document and not isinstance(document[name], str):
            yield (name,), "a string", document[name]
    if "Statement" in document:
        yield from _statements(document["Statement"])


def wrong_elements(policy: Policy) -> Iterator[tuple[Path, list[tuple[Path, str, object]]]]:
    """The elements with a value of a wrong type, each with these values as `wrong_types` gives them.

    An entry of a list makes the list the element: AWS answers for that, once, whatever the number of entries.
    """
    found: dict[Path, list[tuple[Path, str, object]]] = {}
    for path, wanted, value in wrong_types(policy):
        element = path[:-1] if path and isinstance(path[-1], int) else path
        found.setdefault(element, []).append((path, wanted, value))
    yield from found.items()


def _statements(value: object) -> Iterator[tuple[Path, str, object]]:
    if isinstance(value, dict):
        yield from _statement(value, ("Statement",))
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            if isinstance(entry, dict):
                yield from _statement(entry, ("Statement", index))
            else:
                yield ("Statement", index), "an object", entry
    else:
        yield ("Statement",), "an object or a list of objects", value


def _statement(statement: dict[str, object], path: Path) -> Iterator[tuple[Path, str, object]]:
    for name in ("Sid", "Effect"):
        if name in statement and not isinstance(statement[name], str):
            yield (*path, name), "a string", statement[name]
    for name in ("Action", "NotAction", "Resource", "NotResource"):
        if name in statement:
            yield from _strings(statement[name], (*path, name))
    for name in ("Principal", "NotPrincipal"):
        if name in statement:
            yield from _principal(statement[name], (*path, name))
    if "Condition" in statement:
        yield from _condition(statement["Condition"], (*path, "Condition"))


def _strings(value: object, path: Path) -> Iterator[tuple[Path, str, object]]:
    if isinstance(value, list):
        for index, entry in enumerate(value):
            if not isinstance(entry, str):
                yield (*path, index), "a string", entry
    elif not isinstance(value, str):
        yield path, "a string or a list of strings", value


def _principal(value: object, path: Path) -> Iterator[tuple[Path, str, object]]:
    if isinstance(value, dict):
        for type_, entries in value.items():
            yield from _strings(entries, (*path, type_))
    elif not isinstance(value, (str, list)):  # a string and a list have a check of their own: INVALID_PRINCIPAL_FORMAT
        yield path, 'the string "*" or an object', value


def _condition(value: object, path: Path) -> Iterator[tuple[Path, str, object]]:
    if not isinstance(value, dict):
        yield path, "an object of operators", value
        return
    for operator, keys in value.items():
        if not isinstance(keys, dict):
            yield (*path, operator), "an object of condition keys", keys
            continue
        for name, values in keys.items():
            yield from _values(values, (*path, operator, name))


def _values(value: object, path: Path) -> Iterator[tuple[Path, str, object]]:
    entries = enumerate(value) if isinstance(value, list) else ()
    for index, entry in entries:
        if not isinstance(entry, (str, int, float)):
            yield (*path, index), "a string, number or boolean", entry
    if not isinstance(value, (str, int, float, list)):
        yield path, "a string, number or boolean, or a list of them", value
