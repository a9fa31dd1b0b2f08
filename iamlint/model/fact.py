"""Facts that an export may not tell: known, known to be absent (None, False, an empty tuple), or `Unknown`.

A rule cannot take "not known" for "no": every use of an `Unknown` but `is` and `isinstance` raises `NotKnown`, which
the engine reports as "not checked", with the command that makes the missing export.
"""

from typing import Final, NoReturn, TypeAlias, TypeVar, final

T = TypeVar("T")

EXPORTS: Final = (
    "account-authorization-details",
    "credential-report",
    "access-keys",
    "access-key-last-used",
    "mfa-devices",
    "account-summary",
    "password-policy",
    "users",
    "organizations",
    "service-specific-credentials",
    "ssh-public-keys",
    "signing-certificates",
    "service-last-accessed",
    "identity-providers",
)
"""Names of the exports that facts come from."""


class NotKnown(Exception):
    """A fact was asked for that the exports at hand do not tell; `needs` names those of which any would."""

    def __init__(self, needs: tuple[str, ...]) -> None:
        super().__init__(f"needs {' or '.join(needs)}")
        self.needs = needs


@final
class Unknown:
    """What the exports at hand do not tell; any one of the exports `needs` would."""

    __slots__ = ("needs",)

    def __init__(self, *needs: str) -> None:
        self.needs = needs

    def _refuse(self, *_: object) -> NoReturn:
        raise NotKnown(self.needs)

    def __repr__(self) -> str:
        return f"Unknown({', '.join(map(repr, self.needs))})"

    __bool__ = __len__ = __iter__ = __contains__ = __getitem__ = _refuse
    __lt__ = __le__ = __gt__ = __ge__ = __add__ = __sub__ = __radd__ = __rsub__ = _refuse
    __eq__ = __ne__ = __hash__ = _refuse


Fact: TypeAlias = T | Unknown
"""A value that may be `Unknown`."""


def known(fact: "Fact[T]") -> T:
    """The value of `fact`. Raises `NotKnown` where there is none."""
    if isinstance(fact, Unknown):
        raise NotKnown(fact.needs)
    return fact
