"""Which rules run: all but the preview ones, unless configuration and command line say otherwise."""

from collections.abc import Collection, Iterable, Mapping

from iamlint.config import Settings
from iamlint.rule import Rule
from iamlint.syntax import nearest, printable


class SelectionError(Exception):
    """A name that is no rule."""


def select(
    known: Mapping[str, Rule],
    settings: Settings,
    *,
    selected: Collection[str] = (),
    ignored: Iterable[str] = (),
    extended: Iterable[str] = (),
    preview: bool = False,
) -> dict[str, Rule]:
    """The rules to run, by id. The command line's `selected` replaces the configuration's, the others add to it.

    A preview rule runs with `preview`, or where it is named itself. Raises `SelectionError` for an unknown name, with
    the nearest one, and its line where it stands in the configuration; and for options that a rule does not have.
    """
    if settings.path is not None:
        _check_names(known, settings)
        _check_options(known, settings)
    chosen = _names(selected, known) if selected else _names(settings.select or ("all",), known)
    added = [*_names(settings.extend_select, known), *_names(extended, known)]
    dropped = {*_expanded(_names(settings.ignore, known), known), *_expanded(_names(ignored, known), known)}
    named = {*chosen, *added} - {"all"}
    wanted = _expanded([*chosen, *added], known) - dropped
    return {id_: rule for id_, rule in known.items() if id_ in wanted and (preview or not rule.preview or id_ in named)}


def _check_names(known: Mapping[str, Rule], settings: Settings) -> None:
    for key in ("select", "ignore", "extend-select"):
        names: tuple[str, ...] = getattr(settings, key.replace("-", "_"))
        for index, name in enumerate(names):
            if not _is_known(name, known):
                raise SelectionError(f"{settings.where(key, index)}: {_unknown(name, known)}")


def _check_options(known: Mapping[str, Rule], settings: Settings) -> None:
    for id_, given in settings.rule_options.items():
        if id_ not in known:
            raise SelectionError(f"{settings.where('rules', id_)}: {_unknown(id_, known)}")
        options = known[id_].options
        for name, value in given.items():
            where = settings.where("rules", id_, name)
            if name not in options:
                near = nearest(name, list(options))
                has = f"it has {', '.join(options)}" if options else "it has none"
                advice = f"did you mean {near}?" if near else has
                raise SelectionError(f"{where}: {id_} has no option {printable(name, 80)}; {advice}")
            if not _fits(value, options[name].default):
                wanted = printable(repr(options[name].default), 80)
                raise SelectionError(f"{where}: `{name}` must be of the type of its default, {wanted}")


def _fits(value: object, default: object) -> bool:
    """True iff `value`, from TOML, has the type of `default`: lists and tuples are one, true is no number."""
    if isinstance(default, (list, tuple)):
        return isinstance(value, list) and all(isinstance(entry, str) for entry in value)
    return type(value) is type(default)


def _names(names: Iterable[str], known: Collection[str]) -> list[str]:
    for name in names:
        if not _is_known(name, known):
            raise SelectionError(_unknown(name, known))
    return list(names)


def _is_known(name: str, known: Collection[str]) -> bool:
    return name == "all" or name in known


def _unknown(name: str, known: Collection[str]) -> str:
    near = nearest(name, list(known))
    advice = f"did you mean {near}?" if near else "`iamlint rules` lists them"
    return f"there is no rule {printable(name, 80)}; {advice}"


def _expanded(names: Iterable[str], known: Collection[str]) -> set[str]:
    return {id_ for name in names for id_ in (known if name == "all" else (name,))}
