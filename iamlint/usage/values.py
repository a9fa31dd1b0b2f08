"""Records out of text that arrives in pieces: whole files, pages, JSON Lines, values one after another."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from iamlint.usage.record import Record, lenient
from iamlint.usage.streams import Damaged, Foreign

MOST: Final = 4 << 20
"""Characters of one record: CloudTrail's are at most 256 KB, of Lake 1 MB."""

_PATIENCE: Final = 64 << 20
"""Characters without a record after which the rest of a file is given up."""

_LIST: Final = re.compile(
    r'\s*\{\s*(?:"(?:NextToken|nextToken)"\s*:\s*"[^"]{0,4096}"\s*,\s*)?"(?:Records|Events)"\s*:\s*\['
)
_BLANK: Final = re.compile(r"[\s,\]\}]*")
_NEXT: Final = re.compile(r'\n\s*\{|\{\s*"eventVersion"')
_MARK: Final = 64
_SKIPPED: Final = ("digestS3Bucket", "digestStartTime")


def records(pieces: Iterator[str]) -> Iterator[Record]:
    """Every record. Raises `Damaged`, after those that could be read, where something could not."""
    text = _Text(pieces)
    problem: str | None = None
    found = last = 0
    while text.more():
        if text.enter():
            continue
        value, failure = text.value()
        if failure is None:
            for record in unfolded(value):
                found += 1
                last = text.seen
                yield record
        else:
            if not problem and not text.fine and text.at_start:
                raise Foreign("no JSON")
            problem = problem or failure
            text.skip()
        if text.seen - last > _PATIENCE or (problem and not found and text.seen > 2 * MOST):
            raise Damaged(problem or "much that is no record")
    if problem or text.problem:
        raise Damaged(problem or text.problem)
    if not found and not text.fine:
        raise Foreign("holds no CloudTrail records")


def unfolded(value: Any) -> Iterator[Record]:
    """The records in a value: it is one, or holds them as trails, `lookup-events` and lists do."""
    if isinstance(value, list):
        for each in value:
            if isinstance(each, dict):
                yield from unfolded(each)
        return
    if not isinstance(value, dict):
        return
    record = lenient(value)
    if record is not None and not isinstance(value.get("CloudTrailEvent"), str):
        yield record
        return
    inner = value.get("CloudTrailEvent")
    if isinstance(inner, str):
        try:
            told = json.loads(inner)
        except (ValueError, RecursionError):
            told = value
        if isinstance(told, dict) and (record := lenient(told)) is not None:
            yield record
        return
    for name in ("Records", "Events", "records", "events"):
        if isinstance(held := value.get(name), list):
            for each in held:
                if isinstance(each, dict) and each is not value:
                    yield from unfolded(each)


class _Text:
    """What is held of the text, where in it the next value begins, and how to get more."""

    def __init__(self, pieces: Iterator[str]) -> None:
        self.seen = 0
        self.fine = False
        """A digest, or an empty list of records: a file that is all right without any."""
        self.at_start = False
        """The text does not even begin as JSON does."""
        self.problem: str | None = None
        self._begun = False
        self._held = ""
        self._at = 0
        self._pieces = pieces
        self._over = False
        self._decoder = json.JSONDecoder()

    def more(self) -> bool:
        """True iff there is something left, beyond what parts values; holds 8 KiB of it, if there are as many."""
        while True:
            self._at = _BLANK.match(self._held, self._at).end()  # type: ignore[union-attr]
            if len(self._held) - self._at >= 8192 or not self._pull():
                break
        if not self.seen:
            self.fine = True
        return self._at < len(self._held)

    def enter(self) -> bool:
        """True iff a list of records begins here; then its first is next."""
        opened = _LIST.match(self._held, self._at)
        if opened:
            self._at = opened.end()
            self.fine = True
        elif self._held[self._at] == "[":
            self._at += 1
        else:
            return False
        return True

    def value(self) -> tuple[Any, str | None]:
        """The next value, or why there is none."""
        self.at_start = self._held[self._at] != "{" and not self._begun
        self._begun = True
        if self._held[self._at] != "{":
            return None, "text that is no JSON object"
        while True:
            try:
                value, self._at = self._decoder.raw_decode(self._held, self._at)
            except RecursionError:
                return None, "JSON that is nested too deeply"
            except ValueError:
                size = len(self._held) - self._at
                if size > MOST:
                    return None, f"a value of more than {MOST} characters"
                while len(self._held) - self._at < 2 * size and self._pull():
                    pass
                if len(self._held) - self._at == size:
                    return None, self.problem or "JSON that is broken or ends too early"
                continue
            if isinstance(value, dict) and any(name in value for name in _SKIPPED):
                self.fine = True
            return value, None

    def skip(self) -> None:
        """Goes on to the next place where a record may begin, or to the end of what is held."""
        found = _NEXT.search(self._held, self._at + 1)
        while found is None:
            # The beginning of a mark may be what is held last.
            self._at = max(self._at + 1, len(self._held) - _MARK)
            if not self._pull():
                self._at = len(self._held)
                return
            if self._at + _MARK < len(self._held):
                found = _NEXT.search(self._held, self._at)
            if self.seen > _PATIENCE:
                return
        self._at = found.start()

    def _pull(self) -> bool:
        if self._over:
            return False
        try:
            piece = next(self._pieces)
        except StopIteration:
            self._over = True
            return False
        except Damaged as problem:
            self.problem = str(problem)
            self._over = True
            return False
        self._held = self._held[self._at :] + piece
        self._at = 0
        self.seen += len(piece)
        return True
