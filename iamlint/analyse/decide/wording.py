"""Words for the letters of a request that stand for anything: `arn:aws:s3:::b/x` becomes `arn:aws:s3:::b/example`."""

from itertools import groupby
from typing import Final

from iamlint.analyse.decide.replay import PRINCIPAL
from iamlint.analyse.request import Request

_WORDS: Final = ("example", "another", "third", "fourth")


class _Words:
    """Puts words for letters; `service` is what an ARN is taken to be of where it may be of any."""

    def __init__(self, letters: str, service: str) -> None:
        self._letters = frozenset(letters)
        self._fields = {1: "aws", 2: service, 3: "us-east-1", 4: "123456789012"}
        self._of: dict[str, str] = {}

    def put(self, text: str) -> str:
        """`text` with a word for each run of letters that stand for anything, the same one for equal runs."""
        if self._letters.isdisjoint(text):
            return text
        runs = ((free, "".join(run)) for free, run in groupby(text, self._letters.__contains__))
        return "".join(self._word(run) if free else run for free, run in runs)

    def put_arn(self, text: str) -> str:
        """As `put`, with fields that look like those of an ARN."""
        fields = text.split(":", 5)
        if len(fields) < 6:
            return self.put(text)
        return ":".join(
            self._fields[place] if place in self._fields and self._is_free(field) else self.put(field)
            for place, field in enumerate(fields)
        )

    def _is_free(self, field: str) -> bool:
        return bool(field) and self._letters.issuperset(field)

    def _word(self, run: str) -> str:
        number = len(self._of)
        return self._of.setdefault(run, _WORDS[number] if number < len(_WORDS) else f"{_WORDS[0]}-{number}")


def worded(request: Request, action_letters: str, letters: str) -> Request:
    """The request with words where it has those letters. Whether it means the same has to be asked."""
    action = _Words(action_letters, "").put(request.action)
    words = _Words(letters, action.partition(":")[0])
    return request._replace(
        action=action,
        principal=request.principal if request.principal == PRINCIPAL else words.put_arn(request.principal),
        resource=words.put_arn(request.resource),
        context={
            key: words.put_arn(values) if isinstance(values, str) else tuple(map(words.put_arn, values))
            for key, values in request.context.items()
        },
    )
