"""Where the keys that were seen in use can be given up for roles: the workload, its role's trust and policies."""

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from iamlint.analyse.narrowing.door import narrow
from iamlint.aws.quotas import quota
from iamlint.config import Settings
from iamlint.lockdown.commands import is_key_id
from iamlint.lockdown.evidence import Evidence
from iamlint.lockdown.proposals import complaints_about
from iamlint.model.account import User
from iamlint.model.fact import Unknown
from iamlint.record import NamedTuple

if TYPE_CHECKING:
    from iamlint.model.account import Account

_MANAGED: Final = quota("managed").limit


class Migration(NamedTuple):
    """A key, what uses it, and what would take its place. `files` are documents by file name, relative to the output.

    `open` says what people have to find out.
    """

    key: str
    user: str
    workload: str
    reason: str
    target: str
    services: tuple[str, ...]
    addresses: tuple[str, ...]
    agents: tuple[str, ...]
    when: str
    files: Mapping[str, str]
    open: tuple[str, ...]


def migrations(account: "Account", evidence: Evidence, settings: Settings) -> tuple[Migration, ...]:
    """For each key of the account's users that was seen in use."""
    from iamlint.usage.consumers import consumers, trust_for

    owners = {
        key.id: user
        for user in account.users
        for key in (() if isinstance(user.keys, Unknown) else user.keys)
        if key.id is not None and is_key_id(key.id)
    }
    found = []
    for seen in consumers(evidence.table):
        user = owners.get(seen.key)
        if user is None:
            continue
        trust = trust_for(seen, settings.environment)
        files: dict[str, str] = {}
        gaps = [trust.needs] if trust.needs else []
        if trust.document is not None:
            complaints = complaints_about(trust.document, "trust", settings)
            if complaints:
                gaps.append(f"a trust policy ({complaints[0]})")
            else:
                files[f"migration/{seen.key}-trust.json"] = _text(trust.document)
        if files:
            files |= _policies(seen.key, user, account, evidence, settings)
            if len(files) == 1:
                gaps.append("the role's policies: what was seen names too few resources")
        found.append(
            Migration(
                seen.key,
                user.name,
                seen.workload,
                "; ".join(seen.guess.reasons[:2]),
                seen.target,
                _services(seen.actions),
                (*seen.endpoints, *seen.addresses),
                seen.agents,
                f"{(seen.first_seen or '?')[:10]} to {(seen.last_seen or '?')[:10]}",
                files,
                tuple(gaps),
            )
        )
    return tuple(found)


def _policies(
    key: str, user: User, account: "Account", evidence: Evidence, settings: Settings
) -> Iterable[tuple[str, str]]:
    """What was seen to be used of each of the user's policies, where it is proven and clean."""
    from iamlint.usage.evidence import observed

    documents = account.documents(user)
    number = 0
    for text in () if isinstance(documents, Unknown) else documents:
        found = narrow(text.policy, observed(evidence.table, [user.arn], text.policy), quota=_MANAGED)
        if found.policy is None or not found.proven or not any(s.allows for s in found.policy.statements):
            continue
        value = found.policy.value
        if isinstance(value, dict) and not complaints_about(value, "identity", settings):
            number += 1
            yield f"migration/{key}-policy-{number}.json", _text(value)


def _services(actions: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({action.partition(":")[0] for action in actions}))


def _text(document: Mapping[str, object]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=True) + "\n"
