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
    the nearest one.
    """
    chosen = _names(selected, known) if selected else _names(settings.select or ("all",), known)
    added = [*_names(settings.extend_select, known), *_names(extended, known)]
    dropped = {*_expanded(_names(settings.ignore, known), known), *_expanded(_names(ignored, known), known)}
    named = {*chosen, *added} - {"all"}
    wanted = _expanded([*chosen, *added], known) - dropped
    return {id_: rule for id_, rule in known.items() if id_ in wanted and (preview or not rule.preview or id_ in named)}


def _names(names: Iterable[str], known: Collection[str]) -> list[str]:
    for name in names:
        if name != "all" and name not in known:
            near = nearest(name, list(known))
            advice = f"did you mean {near}?" if near else "`iamlint rules` lists them"
            raise SelectionError(f"there is no rule {printable(name, 80)}; {advice}")
    return list(names)


def _expanded(names: Iterable[str], known: Collection[str]) -> set[str]:
    return {id_ for name in names for id_ in (known if name == "all" else (name,))}
