"""The AWS CLI commands that would carry the plan out, in a safe order, each with its undo. They are never run here.

Names come from a hostile export. Every word is quoted for a shell; options are written `--name=value`, so that no
value is taken for an option; a value that the CLI would read from a file or an address (`file://…`) cannot be one of
IAM's names, and what cannot be a name gets no command. Comments hold one line of printable text.
"""

import re
import shlex
from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import Final

from iamlint.lockdown.cells import plain
from iamlint.record import NamedTuple

_NAME: Final = re.compile(r"[A-Za-z0-9_+=,.@-]{1,128}")
_ARN: Final = re.compile(r"arn:[a-z-]+:iam::([0-9]{12}|aws):policy/[!-~]{1,640}")
_KEY: Final = re.compile(r"[A-Z0-9]{16,128}")


class Phase(IntEnum):
    """The order: what adds protection comes first, what takes away comes after what replaces it."""

    ENROL = 1
    CREATE = 2
    DENY = 3
    BOUND = 4
    ATTACH = 5
    DETACH = 6
    DEACTIVATE = 7
    DELETE = 8
    ROTATE = 9
    RETIRE = 10
    DELETE_OLD = 11


TITLES: Final = {
    Phase.ENROL: "Enrol second factors, together with their owners: CODE1 and CODE2 are two codes in a row",
    Phase.CREATE: "Create the proposed policies",
    Phase.DENY: "Attach the Denies",
    Phase.BOUND: "Set the permissions boundaries",
    Phase.ATTACH: "Attach the policies that replace broad ones",
    Phase.DETACH: "Detach the broad policies that are replaced",
    Phase.DEACTIVATE: "Deactivate keys that nobody needs",
    Phase.DELETE: "Delete keys that are inactive, those just deactivated after some weeks without complaints",
    Phase.ROTATE: "Make the keys that replace old ones; NEW_KEY_ID is the id that the command prints",
    Phase.RETIRE: "Deactivate the old keys, once all that used them works with the new ones",
    Phase.DELETE_OLD: "Delete the old keys, after some weeks without complaints",
}


class Command(NamedTuple):
    """One call of the AWS CLI, as words. `undo` is empty where nothing brings it back; `why` says what it is for."""

    phase: Phase
    words: tuple[str, ...]
    undo: tuple[tuple[str, ...], ...]
    why: str


def aws(verb: str, **options: str) -> tuple[str, ...]:
    """`aws iam VERB --name=value …`."""
    return ("aws", "iam", verb, *(f"--{name.replace('_', '-')}={value}" for name, value in options.items()))


def is_name(text: str) -> bool:
    """True iff IAM takes it for the name of a user, group or role. Source: IAM API Reference, "CreateUser"."""
    return _NAME.fullmatch(text) is not None


def is_policy_arn(text: str) -> bool:
    """True iff it can be the ARN of a managed policy."""
    return _ARN.fullmatch(text) is not None


def is_key_id(text: str) -> bool:
    """True iff it can be the id of an access key."""
    return _KEY.fullmatch(text) is not None


def script(account: str, commands: Iterable[Command]) -> str:
    """The commands as the text of a shell script."""
    lines = [
        "#!/bin/sh",
        "# Proposed by iamlint lockdown; nothing here was run.",
        f"# Account {plain(account, 20)}. Read it, then run it step by step, in the folder that holds this file.",
        "# Below each command stands what undoes it.",
        "set -eu",
    ]
    ordered = sorted(commands, key=lambda command: command.phase)
    phase: Phase | None = None
    for command in ordered:
        if command.phase != phase:
            phase = command.phase
            lines += ["", f"# {int(phase)}. {TITLES[phase]}"]
        lines += ["", f"# {plain(command.why)}", quoted(command.words)]
        if not command.undo:
            lines.append("#   undo: none")
        lines += [f"#   undo: {quoted(undo)}" for undo in command.undo]
    if not ordered:
        lines += ["", "# There is nothing to do."]
    return "\n".join(lines) + "\n"


def quoted(words: Sequence[str]) -> str:
    """The words as one line for a shell. Raises ValueError for a word with control characters."""
    for word in words:
        if not word.isprintable():
            raise ValueError(f"no command is made of {plain(word, 80)}")
    return " ".join(map(shlex.quote, words))
