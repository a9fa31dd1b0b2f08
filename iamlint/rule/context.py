"""What a rule may ask beyond what it is handed."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from iamlint.config import Environment, ForbiddenSpec, Settings

if TYPE_CHECKING:
    from iamlint.aws.catalogue import Catalogue
    from iamlint.config.register import Register
    from iamlint.rule.base import Rule
    from iamlint.rule.sighting import Sighting


class Context:
    """Facts and settings of one run. Rules are pure functions of what they are handed and of this."""

    def __init__(self, settings: Settings, as_of_data: str | None = None) -> None:
        self._settings = settings
        self._as_of_data = as_of_data
        self.exported_accounts: tuple[str, ...] = ()
        """The accounts of the exports at hand."""
        self.sightings: Callable[[str], Sequence[Sighting]] | None = None
        """Where a principal, told by its ARN, was seen outside of the networks of the configuration.

        None where there is no table of what was used.
        """

    @cached_property
    def catalogue(self) -> "Catalogue":
        """AWS's services, actions and keys; loading it costs only what is asked of it."""
        from iamlint.aws.catalogue import catalogue

        return catalogue(self._as_of_data)

    @property
    def environment(self) -> Environment:
        """The `[environment]` of the configuration: what the organisation's own accounts and networks are."""
        return self._settings.environment

    @property
    def accounts(self) -> tuple[str, ...]:
        """The organisation's accounts: those of the configuration, else those whose exports are at hand."""
        return self.environment.accounts or self.exported_accounts

    @property
    def forbidden_access(self) -> tuple[ForbiddenSpec, ...]:
        """The tables `[[forbidden-access]]` of the configuration."""
        return self._settings.forbidden_access

    @property
    def register(self) -> "Register | None":
        """The register of the access keys that remain, if there is one."""
        return self._settings.register

    def tells(self, name: str) -> bool:
        """True iff the configuration has the table of this name (with `_` for `-`), in `[environment]` or by itself."""
        return bool(getattr(self.environment, name, None) or getattr(self._settings, name, None))

    def option(self, rule: "Rule", name: str) -> object:
        """The value of an option that `rule` declares; its type is that of the declared default."""
        given: Mapping[str, object] = self._settings.rule_options.get(rule.id, {})
        return given.get(name, rule.options[name].default)
