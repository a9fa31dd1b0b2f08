"""What a user agent tells. The client chooses it: it is evidence, no proof."""

import re
from functools import lru_cache
from typing import Final

_FAMILY: Final = re.compile(r"[^/\s,;()\[\]\"]{1,80}")


@lru_cache(maxsize=65_536)
def family(agent: str) -> str:
    """The first product that the user agent names, such as `Boto3` or `aws-cli`; empty where it names none."""
    found = _FAMILY.search(agent)
    return found[0] if found else ""
