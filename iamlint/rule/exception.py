"""What a rule about the configuration's exceptions sees."""

from iamlint.config import ExceptionSpec
from iamlint.model import Spot, Statement
from iamlint.record import NamedTuple


class Numbered(NamedTuple):
    """The one statement that an exception covers findings of, and knows by nothing but its number."""

    statement: Statement
    spot: Spot


class ExceptionUse(NamedTuple):
    """One `[[exceptions]]` of the configuration, with what the run made of it."""

    spec: ExceptionSpec
    covers: int
    """Findings that it covers."""
    is_expired: bool
    """True iff its day has passed: it covers nothing any more."""
    withheld: int
    """Findings that it would cover, were it not expired."""
    lapsed: tuple[str, ...]
    """The pins of the findings that it would cover, were its own pin that of their statement."""
    is_judged: bool
    """True iff the run saw everything that the exception can be about, so that it matters if it covers nothing."""
    numbered: Numbered | None = None
