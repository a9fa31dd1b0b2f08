"""Access keys: the credential report, which has no ids, joined with the lists that have them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import permutations

from iamlint.load.entity import Entity
from iamlint.load.times import when
from iamlint.model.account import AccessKey
from iamlint.model.fact import Fact, Unknown
from iamlint.model.spot import Spot

SLACK = timedelta(seconds=2)
"""By how much two tools may differ about one time: some cut fractions of a second, others keep them."""

MOST = 8
"""Keys of one user beyond which no pairing is tried; AWS allows two."""


def listed(entries: Iterable[Entity], owner: str) -> tuple[AccessKey, ...]:
    """The keys of an answer of `list-access-keys`; doubles are dropped."""
    keys: dict[str, AccessKey] = {}
    for entity in entries:
        id_ = entity.text_of("AccessKeyId")
        status = (entity.text_of("Status") or "").lower()
        if id_ and status and id_ not in keys:
            created = when(entity.value.get("CreateDate"))
            keys[id_] = AccessKey(
                owner=owner,
                id=id_,
                number=None,
                active=status == "active",
                created=created or Unknown("access-keys"),
                rotated=Unknown("credential-report"),
                last_used=Unknown("access-key-last-used", "credential-report"),
                last_used_service=Unknown("access-key-last-used", "credential-report"),
                spot=Spot(entity, ("AccessKeyId",)),
                spots={
                    "active": Spot(entity, ("Status",)),
                    "created": Spot(entity, ("CreateDate",)),
                },
            )
    return tuple(keys.values())


def joined(keys: Sequence[AccessKey], slots: Sequence[AccessKey]) -> tuple[AccessKey, ...]:
    """`keys` with what the slots of the credential report know of them, as far as it is clear which slot is whose.

    A slot was rotated when its key was created, or changed later. Where both ways to pair them fit equally well,
    neither is taken.
    """
    if len(keys) > MOST:
        return tuple(keys)
    best: list[tuple[AccessKey, ...]] = []
    score = -1
    short = min(len(keys), len(slots))
    for chosen in permutations(range(len(keys)), short):
        for places in permutations(range(len(slots)), short) if len(slots) > short else (tuple(range(short)),):
            pairs = [(keys[k], slots[s]) for k, s in zip(chosen, places, strict=True)]
            fit = [_fit(key, slot) for key, slot in pairs]
            if None in fit:
                continue
            total = sum(each or 0 for each in fit)
            merged = dict(zip(chosen, (_merged(*pair) for pair in pairs), strict=True))
            candidate = tuple(merged.get(index, key) for index, key in enumerate(keys))
            if total > score:
                best, score = [candidate], total
            elif total == score:
                best.append(candidate)
    return best[0] if len(best) == 1 else tuple(keys)


def _fit(key: AccessKey, slot: AccessKey) -> int | None:
    """How well they agree; None where they cannot be the same key."""
    if isinstance(key.created, Unknown) or isinstance(slot.rotated, Unknown):
        return int(key.active == slot.active)
    if slot.rotated < key.created - SLACK:
        return None
    return 4 * (slot.rotated <= key.created + SLACK) + int(key.active == slot.active)


def _merged(key: AccessKey, slot: AccessKey) -> AccessKey:
    return key._replace(
        number=slot.number,
        rotated=slot.rotated,
        last_used=slot.last_used,
        last_used_service=slot.last_used_service,
        spots={**slot.spots, **key.spots},
    )


def with_last_use(key: AccessKey, answer: Entity) -> AccessKey:
    """`key` with what `get-access-key-last-used` says; of two last uses the later one counts."""
    used: datetime | None = when(answer.value.get("LastUsedDate"))
    service = answer.text_of("ServiceName")
    earlier = key.last_used
    if used is None and "LastUsedDate" in answer.value:
        return key  # a time that cannot be read
    if not isinstance(earlier, Unknown) and earlier is not None and (used is None or earlier > used):
        return key
    step = "LastUsedDate" if used is not None else "ServiceName"
    return key._replace(
        last_used=used,
        last_used_service=service if used is not None and service and service != "N/A" else None,
        spots={**key.spots, "last_used": Spot(answer, (step,))},
    )


def all_keys(
    listed_keys: tuple[AccessKey, ...] | None,
    slots: Fact[tuple[AccessKey, ...]],
    uses: Mapping[str, Entity],
    lone_use: Entity | None,
) -> Fact[tuple[AccessKey, ...]]:
    """A user's keys. `listed_keys` is None where no list speaks of the user.

    `uses` are answers by key id, `lone_use` is one that names the user only, which tells of the only key if there is
    just one.
    """
    if listed_keys is not None:
        keys = listed_keys if isinstance(slots, Unknown) else joined(listed_keys, slots)
    elif isinstance(slots, Unknown):
        return Unknown("credential-report", "access-keys")
    else:
        keys = slots
    found = []
    for key in keys:
        answer = uses.get(key.id) if key.id else None
        if answer is None and lone_use is not None and len(keys) == 1:
            answer = lone_use
        found.append(key if answer is None else with_last_use(key, answer))
    return tuple(found)
