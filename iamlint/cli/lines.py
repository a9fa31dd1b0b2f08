"""`--jsonl`: a file of questions, a JSON object on each line, answered line by line."""

import json
import sys
from collections.abc import Callable, Mapping
from typing import IO

import click

from iamlint.syntax import decode, parse, printable


def answer_lines(cases: IO[bytes], answer: Callable[[dict[str, object]], Mapping[str, object]]) -> None:
    """Prints the answer to each line of `cases` as JSON; exits with 2 where one could not be read.

    `answer` raises ValueError, with a message for people, for an object that is no question.
    """
    source = printable(str(getattr(cases, "name", "<stdin>")))
    broken = False
    for number, line in enumerate(cases, start=1):
        if not line.strip():
            continue
        try:
            found = answer(_object(line))
        except ValueError as problem:
            broken = True
            click.echo(f"{source}:{number}: {printable(str(problem))}", err=True)
        else:
            click.echo(json.dumps(found))
    if broken:
        sys.exit(2)


def _object(line: bytes) -> dict[str, object]:
    """The object on one line. Raises ValueError (a `SyntaxProblem` is one) with a message for people."""
    text = decode(line).text
    parsed = parse(text)
    if rest := text[parsed.end :].strip():
        raise ValueError(f"more than one value on the line: `{rest[:20]}`")
    if not isinstance(parsed.value, dict):
        raise ValueError("the line is not an object")
    return parsed.value
