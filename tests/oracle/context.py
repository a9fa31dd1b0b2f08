"""The condition keys of a request as unknowns, and conditions over them.

From "IAM JSON policy elements: Condition operators", "Multivalued context keys" and "IAM policy elements: Variables and
tags". A key is of the type of the operators that ask for it; under both of two types it is unclear. It may have several
values iff only operators with a set prefix ask for it, which AWS wants for such keys. No value is an empty text, for
that is as good as none to Null and to set operators.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from ipaddress import IPv4Address, IPv6Address, ip_network
from typing import Any, NamedTuple

import z3

from tests.oracle.terms import Piece, Truth, Unclear, conj, disj, glob, neg
from tests.oracle.texts import Known, Text

_FAMILIES = {
    "string": "stringequals stringnotequals stringequalsignorecase stringnotequalsignorecase stringlike stringnotlike",
    "arn": "arnequals arnlike arnnotequals arnnotlike",
    "number": "numericequals numericnotequals numericlessthan numericlessthanequals numericgreaterthan "
    "numericgreaterthanequals",
    "date": "dateequals datenotequals datelessthan datelessthanequals dategreaterthan dategreaterthanequals",
    "bool": "bool",
    "ip": "ipaddress notipaddress",
    "null": "null",
}
_FAMILY_OF = {name: family for family, names in _FAMILIES.items() for name in names.split()}


class Operator(NamedTuple):
    """An operator taken apart; `quantifier` is `all`, `any` or empty."""

    name: str
    family: str
    negated: bool
    quantifier: str
    if_exists: bool


def operator(written: str) -> Operator:
    """Raises `Unclear` for one that AWS does not list, or that this encoding does not know."""
    found = re.fullmatch(r"(?:for(all|any)values?:)?([a-z]+?)(ifexists)?", written.lower())
    family = _FAMILY_OF.get(found[2]) if found else None
    if found is None or family is None or (family == "null" and (found[1] or found[3])):
        raise Unclear(f"operator {written}")
    return Operator(found[2], family, "not" in found[2], found[1] or "", bool(found[3]))


class Value:
    """One value of a key. `by_fields` and `by_text`: asked for as an ARN, as a text."""

    def __init__(self, name: str, kind: str, by_fields: bool, by_text: bool) -> None:
        self.kind, self.by_fields, self.by_text = kind, by_fields, by_text
        self.text: Text | Known = Text(f"{name}.text", may_be_empty=False)
        self.fields: list[Text | Known] = [Text(f"{name}.field{n}", has_colons=n == 5) for n in range(6)]
        self.is_arn: Truth = z3.Bool(f"{name}.arn")
        """Whether the text has the six fields of an ARN, which then are `fields`."""
        self.number = z3.Real(f"{name}.number")
        self.flag = z3.Bool(f"{name}.flag")
        self.address, self.is_v4 = z3.Int(f"{name}.address"), z3.Bool(f"{name}.v4")

    def rules(self) -> Iterable[Truth]:
        """What holds of every value, but for its texts."""
        if self.kind == "ip":
            top = z3.If(self.is_v4, z3.IntVal(2**32), z3.IntVal(2**128))
            yield z3.And(self.address >= 0, self.address < top)
        if self.kind == "text" and self.by_fields and self.by_text:
            joined = z3.Concat([piece for field in self.fields for piece in (z3.StringVal(":"), field.string)][1:])
            few_colons = neg(self.text.like(glob("*:*:*:*:*:*")))
            yield z3.If(self.is_arn, self.text.string == joined, few_colons)

    @property
    def texts(self) -> Iterable[Text | Known]:
        """The texts that it consists of."""
        if self.kind == "text":
            yield from (self.text,) if self.by_text else ()
            yield from self.fields if self.by_fields else ()

    def shown(self, model: Any) -> str:
        """The value that a model has."""

        def value(of: Any) -> Any:
            return model.eval(of, model_completion=True)

        if self.kind == "bool":
            return "true" if z3.is_true(value(self.flag)) else "false"
        if self.kind == "ip":
            address = value(self.address).as_long()
            return str(IPv4Address(address) if z3.is_true(value(self.is_v4)) else IPv6Address(address))
        if self.kind == "number":
            exact = Fraction(value(self.number).as_fraction())
            return str(exact.numerator) if exact.denominator == 1 else f"{float(exact):.17g}"
        if self.by_fields and (self.is_arn is True or z3.is_true(value(self.is_arn))):
            return ":".join(field.shown(model) for field in self.fields)
        return self.text.shown(model) if self.by_text else "none"


class Key:
    """A condition key: absent, or with one value, or with some of `size`."""

    def __init__(self, name: str, uses: Sequence[Operator], in_variables: bool) -> None:
        self.name = name
        families = {"text" if use.family in ("string", "arn") else use.family for use in uses} - {"null"}
        families = {"number" if family == "date" else family for family in families}
        if len(families) > 1 or len({use.family for use in uses} & {"number", "date"}) > 1:
            raise Unclear(f"{name} is asked for as of several types")
        self.kind = families.pop() if families else "text"
        self.by_fields = any(use.family == "arn" for use in uses)
        self.by_text = in_variables or any(use.family == "string" for use in uses)
        quantified = sum(1 for use in uses if use.quantifier)
        self.is_set = (
            quantified > 0 and all(use.quantifier or use.family == "null" for use in uses) and not in_variables
        )
        # A value for each operator that needs one of its own, and two more, so that there may be several.
        size = quantified + 2 if self.is_set else 1
        if size > 20:
            raise Unclear(f"{name} is asked for too often")
        self.slots: list[tuple[Truth, Value]] = [
            (z3.Bool(f"{name}[{n}]?"), Value(f"{name}[{n}]", self.kind, self.by_fields, self.by_text))
            for n in range(size)
        ]
        self.present = disj(there for there, _ in self.slots)

    def rules(self) -> Iterable[Truth]:
        """What holds of every request, but for texts."""
        for _, value in self.slots:
            yield from value.rules()
        # The slots are filled from the first on.
        for (earlier, _), (later, _) in zip(self.slots, self.slots[1:], strict=False):
            yield z3.Implies(later, earlier)

    def shown(self, model: Any) -> list[str]:
        """The values that a model has."""
        return [
            value.shown(model) for there, value in self.slots if z3.is_true(model.eval(there, model_completion=True))
        ]


class Context:
    """All keys that the policies at hand ask for."""

    def __init__(self, uses: dict[str, list[Operator]], variables: Iterable[str]) -> None:
        read = set(variables)
        self.keys = {name: Key(name, uses.get(name, []), name in read) for name in dict.fromkeys([*uses, *read])}
        self._liked: dict[tuple[int, str, bool], dict[str, Truth]] = {}

    def rules(self) -> Iterable[Truth]:
        """What holds of every request, but for texts."""
        for key in self.keys.values():
            yield from key.rules()
        # What follows from the meaning of texts, but z3 is long to find: a text whose fields match one by one does so
        # as a whole; and the other way round where only the last field of the pattern has wildcards.
        for (_, wanted, _), found in self._liked.items():
            if "arn" in found and "string" in found:
                yield disj([neg(found["arn"]), found["string"]])
                if re.fullmatch(r"(?:[^:*?$]*:){5}[^$]*", wanted):
                    yield disj([found["arn"], neg(found["string"])])

    @property
    def texts(self) -> Iterable[Text | Known]:
        """The texts of all values."""
        return (text for key in self.keys.values() for _, value in key.slots for text in value.texts)

    def holds(self, written: str, key_name: str, values: Sequence[str], with_variables: bool) -> Truth:
        """True iff the condition holds."""
        found, key = operator(written), self.keys[key_name.lower()]
        if found.family == "null":
            wanted = {value.lower() for value in values}
            if not wanted <= {"true", "false"}:
                raise Unclear("a Null of neither true nor false")
            return disj([key.present if "false" in wanted else False, neg(key.present) if "true" in wanted else False])

        def agrees(value: Value) -> Truth:
            met = disj(self._meets(found, value, wanted, with_variables) for wanted in values)
            return neg(met) if found.negated else met

        if found.quantifier:
            each = [(there, agrees(value)) for there, value in key.slots]
            if found.quantifier == "all":
                return conj(disj([neg(there), met]) for there, met in each)
            some = disj(conj([there, met]) for there, met in each)
            return disj([neg(key.present), some]) if found.if_exists else some
        there, value = key.slots[0]
        return disj([conj([neg(there), found.if_exists or found.negated]), conj([there, agrees(value)])])

    def _meets(self, found: Operator, value: Value, wanted: str, with_variables: bool) -> Truth:
        if with_variables and "${" in wanted and found.family not in ("string", "arn"):
            raise Unclear("a variable where AWS takes none")
        match found.family:
            case "string":
                met = self._string(found.name, value, wanted, with_variables)
                if found.name.endswith("like"):
                    self._liked.setdefault((id(value), wanted, with_variables), {})["string"] = met
                return met
            case "arn":
                met = self._arn(value, wanted, with_variables)
                self._liked.setdefault((id(value), wanted, with_variables), {})["arn"] = met
                return met
            case "bool":
                return {"true": value.flag, "false": z3.Not(value.flag)}.get(wanted.lower(), False)
            case "ip":
                return _in_network(value, wanted)
            case _:
                return _compared(found, value, wanted)

    def _string(self, name: str, value: Value, wanted: str, with_variables: bool) -> Truth:
        if name.endswith("ignorecase"):
            if with_variables and "${" in wanted:
                raise Unclear("a variable where case does not matter")
            return value.text.is_but_for_case(wanted)
        known, pieces = self.resolved(wanted, with_variables, wildcards=name.endswith("like"))
        return conj([known, value.text.like(pieces)])

    def _arn(self, value: Value, wanted: str, with_variables: bool) -> Truth:
        if wanted and not wanted.strip("*"):
            return True
        fields = wanted.split(":", 5)
        if with_variables and "${" in "".join(fields[:5]):
            raise Unclear("a variable before the fifth colon of an ARN")
        if len(fields) < 6:
            if not wanted.endswith("*"):
                return False
            fields += ["*"] * (6 - len(fields))
        known, pieces = self.resolved(fields[5], with_variables)
        parts = [unknown.like(glob(field)) for field, unknown in zip(fields[:5], value.fields, strict=False)]
        return conj([value.is_arn, known, *parts, value.fields[5].like(pieces)])

    def resolved(self, written: str, with_variables: bool, wildcards: bool = True) -> tuple[Truth, tuple[Piece, ...]]:
        """Whether every variable in the text has a value, and the text as a pattern with those values."""
        cut = glob if wildcards else (lambda plain: (plain,) if plain else ())
        if not with_variables or "${" not in written:
            return True, cut(written)
        known: list[Truth] = []
        pieces: list[Piece] = []
        for piece in re.split(r"(\$\{[^}]*\})", written):
            if not piece.startswith("${") or not piece.endswith("}"):
                pieces += cut(piece)
                continue
            inside = piece[2:-1]
            if inside in ("*", "?", "$"):
                pieces.append(inside)
                continue
            there, value = self._variable(inside)
            known.append(there)
            pieces.append(value)
        return conj(known), merged(pieces)

    def _variable(self, inside: str) -> tuple[Truth, Any]:
        name, comma, default = (part.strip() for part in inside.partition(","))
        key = self.keys[name.lower()]
        if key.kind != "text" or key.is_set:
            raise Unclear(f"the variable {name} of a key that is no single text")
        there, value = key.slots[0]
        if not comma:
            return there, value.text.string
        if not re.fullmatch("'[^']*'", default):
            raise Unclear("a default that is not in quotes")
        return True, z3.If(there, value.text.string, Known(default[1:-1]).string)


def variables_in(written: str) -> list[str]:
    """The names of the keys that the variables in a text read, in lower case."""
    insides = re.findall(r"\$\{([^}]*)\}", written)
    return [inside.partition(",")[0].strip().lower() for inside in insides if inside not in ("*", "?", "$")]


def merged(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """Plain texts side by side as one."""
    found: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, str) and found and isinstance(found[-1], str):
            found[-1] += piece
        else:
            found.append(piece)
    return tuple(found)


def _in_network(value: Value, wanted: str) -> Truth:
    try:
        network = ip_network(wanted, strict=False)
    except ValueError:
        return False
    first, last = int(network.network_address), int(network.broadcast_address)
    right_kind = value.is_v4 if network.version == 4 else z3.Not(value.is_v4)
    return z3.And(right_kind, value.address >= first, value.address <= last)


def _compared(found: Operator, value: Value, wanted: str) -> Truth:
    exact = _seconds(wanted) if found.family == "date" else _number(wanted)
    if exact is None:
        return False
    edge = z3.Q(exact.numerator, exact.denominator)
    name = found.name.removeprefix("numeric").removeprefix("date").removeprefix("not")
    return {
        "equals": value.number == edge,
        "lessthan": value.number < edge,
        "lessthanequals": value.number <= edge,
        "greaterthan": value.number > edge,
        "greaterthanequals": value.number >= edge,
    }[name]


def _number(written: str) -> Fraction | None:
    return Fraction(written) if re.fullmatch(r"[+-]?\d+(\.\d+)?", written) else None


def _seconds(written: str) -> Fraction | None:
    if (epoch := _number(written)) is not None:
        return epoch
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return Fraction(int((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()))
