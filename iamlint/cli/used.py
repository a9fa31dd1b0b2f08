"""`check --usage`: the table of what was used, as evidence for rewrites."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from iamlint.cli.chosen import Failure
from iamlint.config import Settings
from iamlint.syntax import printable

if TYPE_CHECKING:
    from iamlint.usage.observed import Observed


def evidence(path: str, holders: Sequence[str], settings: Settings) -> "Observed":
    """What the table in the file tells. Raises `Failure` for a file that is none."""
    from iamlint.config.reading import is_holder

    for holder in holders:
        if not is_holder(holder):
            message = f"{printable(holder, 80)}: a user or role, such as arn:aws:iam::111122223333:role/app"
            raise click.BadParameter(message, param_hint="--holder")
    from iamlint.usage.observed import Observed
    from iamlint.usage.problem import UsageError
    from iamlint.usage.table import read

    try:
        table = read(path)
    except UsageError as problem:
        raise Failure(printable(str(problem), 1000)) from None
    if any(not row.event or not row.principal for row in table.rows):
        raise Failure(f"{printable(path)}: not a usage table (rows without principal or event)")
    return Observed(table, settings, holders)
