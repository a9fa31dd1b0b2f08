"""A normal form of statements: equal for spellings that mean the same, as far as this is plain to see.

White space, the order of keys and entries, repeated entries, lists of one entry, `Sid`, and the case of actions,
operators and condition keys carry no meaning. AWS IAM User Guide, "IAM JSON policy element reference".
"""

import json
from collections.abc import Callable

from iamlint.model import Policy, Statement
from iamlint.model.policy import scalar_text
from iamlint.syntax import Path

_SEPARATORS = (",", ":")


def normal_form(statement: Statement) -> dict[str, object]:
    """The elements of `statement`, each in its normal form; what has a wrong type stays as it is."""
    form: dict[str, object] = {}
    for element, value in statement.value.items():
        match element:
            case "Sid":
                continue
            case "Action" | "NotAction":
                form[element] = _texts(value, lower=True)
            case "Resource" | "NotResource":
                form[element] = _texts(value)
            case "Principal" | "NotPrincipal":
                principals = {"AWS": "*"} if value == "*" else value
                form[element] = _each(principals, _texts) if isinstance(principals, dict) else principals
            case "Condition" if isinstance(value, dict):
                form[element] = _each(value, lambda keys: _each(keys, _texts, lower=True), lower=True)
            case _:
                form[element] = value
    if statement.policy.version != "2012-10-17" and "${" in json.dumps(form):
        form["Version"] = statement.policy.version  # decides whether `${…}` is a variable
    return form


def pin(policy: Policy, path: Path) -> str:
    """32 hex digits that stand for the meaning of the statement that `path` leads into, else of the whole policy."""
    import hashlib

    statement = next((s for s in policy.statements if path[: len(s.path)] == s.path), None)
    if statement is not None:
        text = _canonical(normal_form(statement))
    elif isinstance(policy.value, dict) and policy.statements:
        statements = sorted({_canonical(normal_form(s)) for s in policy.statements})
        text = f"{policy.version}\n" + "\n".join(statements)
    else:
        text = _canonical(policy.value)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=_SEPARATORS)


def _texts(value: object, lower: bool = False) -> object:
    """One scalar or a list of them as a sorted list of different texts; anything else unchanged."""
    entries = value if isinstance(value, list) else [value]
    texts = {scalar_text(entry) for entry in entries}
    known = [text for text in texts if text is not None]
    if len(known) < len(texts):
        return value
    return sorted({text.lower() for text in known} if lower else known)


def _each(value: object, form: Callable[[object], object], lower: bool = False) -> object:
    """An object with `form` of each value; keys in lower case unless two of them become one."""
    if not isinstance(value, dict):
        return value
    found = {key.lower() if lower else key: form(entry) for key, entry in value.items()}
    return found if len(found) == len(value) else {key: form(entry) for key, entry in value.items()}
