"""How old things of an account are, at the time that the account's exports count at."""

from typing import TYPE_CHECKING

from iamlint.rule.base import quote

if TYPE_CHECKING:
    from datetime import datetime

    from iamlint.model.account import AccessKey, Account

_DAY = 86400


def age(moment: "datetime", account: "Account") -> int:
    """Whole days from `moment` to the account's "now"."""
    return int((account.as_of - moment).total_seconds() // _DAY)


def is_older(moment: "datetime", days: object, account: "Account") -> bool:
    """True iff `moment` lies more than `days` days back, to the second."""
    return (account.as_of - moment).total_seconds() > int(str(days)) * _DAY


def key_name(key: "AccessKey") -> str:
    """The access key for messages: its id, else its number in the credential report."""
    return f"access key {quote(key.id)}" if key.id else f"access key {key.number}"
