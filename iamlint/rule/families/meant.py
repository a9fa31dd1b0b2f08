"""What a value of the wrong form is evidently meant as; None where it may be anything. `values` tells the right forms.

Texts are short: nobody asks of a long one.
"""

import re

from iamlint.syntax import nearest

_YES = ("true", "yes", "on", "1", "y", "t")
_NO = ("false", "no", "off", "0", "n", "f")


def meant_boolean(text: str) -> str | None:
    """`yes` and the like as `true`, `no` as `false`; words that are nearly these as well."""
    word = text.strip().lower()
    if word in _YES or word in _NO:
        return "true" if word in _YES else "false"
    return nearest(word, ("true", "false"))


def meant_number(text: str) -> str | None:
    """`1,000` and ` 5 ` without commas and white space."""
    text = text.strip()
    return text.replace(",", "") if re.fullmatch(r"-?[0-9]{1,3}(,[0-9]{3})+", text, re.ASCII) else text


def meant_date(text: str) -> str | None:
    """`2026/4/1 10:00:00` as `2026-04-01T10:00:00`."""
    found = re.fullmatch(r"\s*([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?:[T\s]+([0-9].*?))?\s*", text, re.ASCII)
    if found is None:
        return None
    year, month, day, time = found.groups()
    date = f"{year}-{int(month):02}-{int(day):02}"
    return f"{date}T{time.replace(' ', '')}" if time else date


def meant_network(text: str) -> str | None:
    """`203.0.113.*` and `203.0.113.0/255.255.255.0` as `203.0.113.0/24`."""
    text = "".join(text.split())
    octets = text.split(".")
    fixed = [octet for octet in octets if octet not in ("*", "")]
    if len(octets) == _OCTETS or text.endswith("*"):
        open_ = octets[len(fixed) :]
        if open_ and len(octets) <= _OCTETS and octets[: len(fixed)] == fixed and set(open_) == {"*"}:
            return f"{'.'.join([*fixed, *['0'] * (_OCTETS - len(fixed))])}/{8 * len(fixed)}" if fixed else None
    _, slash, mask = text.partition("/")
    if slash and mask.count(".") == _OCTETS - 1:
        from ipaddress import ip_network

        try:
            return str(ip_network(text, strict=False))
        except ValueError:
            return None
    return text


_OCTETS = 4


def meant_base64(text: str) -> str | None:
    """With the alphabet and the padding of RFC 4648, section 4."""
    text = text.strip().rstrip("=").translate(str.maketrans("-_", "+/"))
    return text + "=" * (-len(text) % 4)
