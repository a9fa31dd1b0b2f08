"""CloudTrail records in a file: `Records`, answers of `lookup-events`, lists, one record a line.

Source: AWS CloudTrail User Guide, "CloudTrail record contents", and the answer of `aws cloudtrail lookup-events`.
"""

import json
from collections.abc import Iterator, Mapping

from iamlint.syntax import MAX_SIZE, SyntaxProblem, decode, parse_all

Record = Mapping[str, object]


def records(data: bytes) -> list[Record]:
    """The records in the bytes of a file, gzip or not; an empty list where it holds none.

    Raises `SyntaxProblem` for what is no JSON.
    """
    if data.startswith(b"\x1f\x8b"):
        from iamlint.load.compressed import expanded

        data = expanded(data, MAX_SIZE)
    values, problem = parse_all(decode(data).text)
    if problem is not None:
        raise problem
    return [record for parsed in values for record in _inside(parsed.value)]


def _inside(value: object) -> Iterator[Record]:
    if isinstance(value, list):
        for entry in value:
            if isinstance(entry, dict):
                yield from _inside(entry)
    elif isinstance(value, dict):
        if isinstance(value.get("eventName"), str) and isinstance(value.get("eventSource"), str):
            yield value
        elif isinstance(value.get("CloudTrailEvent"), str):
            yield from _written(str(value["CloudTrailEvent"]))
        else:
            for key in ("Records", "Events"):
                if isinstance(value.get(key), list):
                    yield from _inside(value[key])


def _written(text: str) -> Iterator[Record]:
    """The record that a string holds."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SyntaxProblem("a CloudTrailEvent that is no JSON", kind="encoding") from error
    if isinstance(value, dict) and "CloudTrailEvent" not in value:
        yield from _inside(value)
