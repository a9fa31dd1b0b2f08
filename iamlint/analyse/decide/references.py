"""What a condition key's value may have to be because resources and other keys are made of it by variables.

`home/${aws:username}` and `home/bob` meet only where the user's name is `bob`. So for each key that variables read
there are patterns that come from the texts it is put into: the pieces of one text's pattern that lie where the variable
stands in another's. With them the key is a text like any other, and where all keys that are read have values, the texts
made of them are plain patterns.

`complete` is False where this does not find all that matters: where one key is put at different places of one text, so
that it would have to overlap itself, or where keys go on being made of each other.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, permutations, product
from typing import Final

from iamlint.analyse.conditions import parse_operator
from iamlint.analyse.decide.checks import plain
from iamlint.analyse.decide.patterns import between, canonical
from iamlint.analyse.decide.products import Product
from iamlint.analyse.resources import FIELDS, completed, is_everything
from iamlint.analyse.variables import variable_parts
from iamlint.analyse.wildcards import meets
from iamlint.analyse.work import Budget
from iamlint.model import Condition
from iamlint.record import NamedTuple

_FIRST: Final = 0xE000  # Private use area: the first variable of a text, the next one is the second.
_MOST_VARIABLES: Final = 64
_MOST_ROUNDS: Final = 4
_MOST_WAYS: Final = 64


class Template(NamedTuple):
    """A row of patterns in which a private character stands for each variable; `keys` are those that they read."""

    fields: tuple[str, ...]
    keys: tuple[str, ...]

    def open(self) -> Product:
        """The patterns with `*` for each variable."""
        return tuple(canonical(_open(field)) for field in self.fields) if self.keys else self.fields

    def places(self) -> Iterator[tuple[int, str, str, str]]:
        """For each variable: its field, the key, the pattern before it and the pattern after it."""
        for number, key in enumerate(self.keys):
            mark = chr(_FIRST + number)
            for field, text in enumerate(self.fields):
                if mark in text:
                    before, _, after = text.partition(mark)
                    yield field, key, canonical(_open(before)), canonical(_open(after))

    def filled(self, values: Mapping[str, str]) -> "Template":
        """With these values, patterns without wildcards, for the variables that read their keys."""
        fields, keys = self.fields, self.keys
        for number, key in enumerate(keys):
            if key in values:
                fields = tuple(field.replace(chr(_FIRST + number), values[key]) for field in fields)
                keys = (*keys[:number], "", *keys[number + 1 :])
        return Template(fields, keys)

    @property
    def is_bare(self) -> bool:
        """True iff it is one variable and nothing else."""
        return self.fields == (chr(_FIRST),)

    def ways(self, known: Mapping[str, Iterable[str]]) -> Iterator[Product]:
        """The patterns with `*` for each variable, or for one of them one of the patterns known for its key."""
        yield self.open()
        for number, key in enumerate(self.keys):
            for pattern in known.get(key, ()):
                mark = chr(_FIRST + number)
                yield tuple(canonical(_open(field.replace(mark, pattern))) for field in self.fields)


def _open(text: str) -> str:
    return "".join("*" if _FIRST <= ord(char) < _FIRST + _MOST_VARIABLES else char for char in text)


def _marked(text: str, is_pattern: bool, has_variables: bool) -> Template | None:
    if not has_variables or "${" not in text:
        return Template((canonical(text) if is_pattern else plain(text),), ())
    parts: list[str] = []
    keys: list[str] = []
    for piece, inside in variable_parts(text):
        if inside is None:
            parts.append(piece if is_pattern else plain(piece))
        elif inside in ("*", "?", "$"):
            parts.append(plain(inside))
        else:
            parts.append(chr(_FIRST + len(keys)))
            keys.append(inside.partition(",")[0].strip().lower())
    if len(keys) > _MOST_VARIABLES:
        return None
    return Template((canonical("".join(parts)),), tuple(keys))


def resource_template(text: str, has_variables: bool, across_colons: bool) -> Template | None:
    """An entry of `Resource`; None where it matches no ARN, or has more variables than are looked at."""
    if is_everything(text):
        return Template(("*",) if across_colons else ("*",) * FIELDS, ())
    if has_variables and "${" in text and text.count(":", 0, text.index("${")) < FIELDS - 1:
        return None
    found = _marked(completed(text), True, has_variables)
    if found is None or across_colons:
        return found
    return Template(tuple(map(canonical, found.fields[0].split(":", FIELDS - 1))), found.keys)


def condition_templates(condition: Condition, has_variables: bool) -> Iterator[Template | None]:
    """The values of a condition on strings or ARNs; None for one that has more variables than are looked at."""
    operator = parse_operator(condition.operator)
    if operator is None or operator.family not in ("String", "Arn"):
        return
    like = operator.family == "Arn" or operator.name.endswith("Like")
    for item in condition.values:
        found = _marked(item.text, like, has_variables)
        if found is None or operator.family == "String":
            yield found
            continue
        text = found.fields[0]
        if is_everything(text):
            yield Template(("*",) * FIELDS, ())
            continue
        fields = (completed(text) if text.endswith("*") else text).split(":", FIELDS - 1)
        if len(fields) == FIELDS:
            yield Template(tuple(map(canonical, fields)), found.keys)
        elif found.keys:
            yield None  # a value with colons would complete it


class Group(NamedTuple):
    """Templates of which one has to match, or is welcome to, the text of `of`: a key, or `""` for the resource."""

    of: str
    templates: Sequence[Template | None]


class Read(NamedTuple):
    """What is learned of keys, by key.

    `groups` of patterns for those that are read: a value lies in at most one of each group, as far as that matters.
    `known` are all patterns there are for a key. `complete` is False where that is not all that matters.
    """

    groups: Mapping[str, Sequence[Sequence[str]]] = {}
    known: Mapping[str, Iterable[str]] = {}
    complete: bool = True

    def ways(self, templates: Iterable[Template | None], values: Mapping[str, str]) -> Iterator[Sequence[Product]]:
        """Groups of patterns for the text that one of the templates matches; not all their keys have values yet."""
        filled = [template.filled(values) for template in templates if template is not None]
        yield [template.open() for template in filled]
        for template in filled:
            yield from ((way,) for way in islice(template.ways(self.known), 1, _MOST_WAYS))


def patterns_read(groups: Sequence[Group], budget: Budget) -> Read:
    """What is learned of the keys that the templates read. Raises `TooMuchWork`."""
    complete = all(template is not None for group in groups for template in group.templates) and not _circle(groups)
    texts: dict[str, list[Sequence[Template]]] = {}
    known: dict[str, dict[str, None]] = {}
    for group in groups:
        templates = [template for template in group.templates if template is not None]
        texts.setdefault(group.of, []).append(templates)
        opened = (":".join(template.open()) for template in templates if set(template.open()) != {"*"})
        known.setdefault(group.of, {}).update(dict.fromkeys(opened))
    learned: dict[str, dict[tuple[str, ...], None]] = {}
    for _ in range(_MOST_ROUNDS):
        before = sum(map(len, learned.values()))
        for of in texts:
            for ones, others in permutations((*texts[of], *_as_templates(learned.get(of, ()))), 2):
                if any(template.keys for template in ones):
                    found, all_of_them = _learn(ones, others, known, budget)
                    complete = complete and all_of_them
                    for key, patterns in found:
                        learned.setdefault(key, {})[patterns] = None
        if sum(map(len, learned.values())) == before:
            return Read({key: tuple(found) for key, found in learned.items()}, known, complete)
        for key, found_groups in learned.items():
            texts.setdefault(key, [])
            known.setdefault(key, {}).update((pattern, None) for group_ in found_groups for pattern in group_)
    return Read({key: tuple(found) for key, found in learned.items()}, known, False)


def _as_templates(groups: Iterable[Sequence[str]]) -> Iterator[Sequence[Template]]:
    for group in groups:
        yield [Template((pattern,), ()) for pattern in group]


def _learn(
    ones: Iterable[Template], others: Iterable[Template], known: Mapping[str, Iterable[str]], budget: Budget
) -> tuple[Iterator[tuple[str, tuple[str, ...]]], bool]:
    """What the variables of one of `ones` are where one of `others` matches too, and whether that is all there is.

    By the number of the variable and what is put for those of the other: one alternative of each holds.
    """
    complete = True
    found: dict[object, tuple[str, set[str]]] = {}
    for one, other in product(ones, others):
        if not one.keys or one == other:
            continue
        budget.spend()
        ways = list(islice(other.ways(known), _MOST_WAYS + 1))
        complete = complete and len(ways) <= _MOST_WAYS and not _overlaps(one, other)
        for number, way in enumerate(ways):
            if len(way) != len(one.fields) and len(one.fields) > 1:  # a text against an ARN
                complete = complete and way == ("*",)
                continue
            theirs = way if len(way) == len(one.fields) else (canonical(":".join(way)),)
            if all(map(meets, one.open(), theirs)):
                for place, (field, key, before, after) in enumerate(one.places()):
                    _, patterns = found.setdefault((key, place, number and (other, number)), (key, set()))
                    patterns |= between(before, theirs[field], after, budget)
    return ((key, tuple(sorted(patterns - {"*"}))) for key, patterns in found.values() if patterns - {"*"}), complete


def patterns_of_values(
    key: str, groups: Sequence[Group], values: Mapping[str, str], budget: Budget
) -> Iterator[Sequence[str]]:
    """Groups of patterns for a key, from what it is to be part of now that other keys have values.

    `values` are patterns without wildcards.
    """
    filled: dict[str, list[tuple[Sequence[Template], bool]]] = {}
    for group in groups:
        before = [template for template in group.templates if template is not None]
        after = [template.filled(values) for template in before]
        filled.setdefault(group.of, []).append((after, before != after))
    for of, found in filled.items():
        if of in values:
            found.append(([Template(tuple(values[of].split(":", n - 1)), ()) for n in (1, FIELDS)], True))
        for (ones, _), (others, is_new) in permutations(found, 2):
            if is_new and any(key in template.keys for template in ones):
                learned, _ = _learn(ones, others, {}, budget)
                yield from (patterns for name, patterns in learned if name == key)


def _circle(groups: Iterable[Group]) -> bool:
    """True iff some key may have to be made of itself and something else."""
    made_of: dict[str, set[str]] = {}
    for group in groups:
        for template in group.templates:
            if template is not None and group.of:
                made_of.setdefault(group.of, set()).update(template.keys)
    return any(
        template is not None and not template.is_bare and any(_leads(key, group.of, made_of) for key in template.keys)
        for group in groups
        if group.of
        for template in group.templates
    )


def _leads(start: str, end: str, made_of: Mapping[str, Iterable[str]]) -> bool:
    seen, stack = {start}, [start]
    while stack:
        key = stack.pop()
        if key == end:
            return True
        further = set(made_of.get(key, ())) - seen
        seen |= further
        stack += further
    return False


def _overlaps(one: Template, two: Template) -> bool:
    """True iff both may match one text with some key at different places of it."""
    if len(one.fields) != len(two.fields) or not all(map(meets, one.open(), two.open())):
        return False
    for field, key, before, after in one.places():
        for other_field, other_key, other_before, other_after in two.places():
            if key == other_key and field == other_field:
                if _is_fixed(before, other_before) or _is_fixed(after, other_after):
                    continue
                return True
    return False


def _is_fixed(one: str, two: str) -> bool:
    """True iff all texts of two patterns are equally long: what they stand next to stands at the same place."""
    return len(one) == len(two) and "*" not in one + two
