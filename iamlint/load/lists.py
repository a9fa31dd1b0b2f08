"""Lists of access keys, their last use and MFA devices, joined to the users whom they name."""

from iamlint.load.credential_report import Row
from iamlint.load.entity import Entity
from iamlint.load.keys import all_keys, listed
from iamlint.load.parts import Parts
from iamlint.load.times import when
from iamlint.model.account import MfaDevice, User
from iamlint.model.fact import Unknown
from iamlint.model.spot import Spot


class Lists:
    """Keys, their last use and MFA devices, by user."""

    def __init__(self, parts: Parts, users: int) -> None:
        self._keys: dict[str, list[Entity]] = {}
        for answer in parts.keys:
            for entity in answer:
                self._keys.setdefault(entity.text_of("UserName") or "", []).append(entity)
        # An empty answer names nobody. With an answer for every user, whoever is not named has none.
        self._every_key_list = 0 < users <= len(parts.keys)
        self._uses: dict[str, Entity] = {}
        lone: dict[str, list[Entity]] = {}
        self.unplaced = 0
        for id_, entity in parts.last_used:
            if id_ is not None:
                self._uses[id_] = entity
            elif entity.user_name is not None:
                lone.setdefault(entity.user_name, []).append(entity)
            else:
                self.unplaced += 1
        self._lone = {name: answers[0] for name, answers in lone.items() if len(answers) == 1}
        self.unplaced += sum(len(answers) for answers in lone.values() if len(answers) > 1)
        self._devices: dict[str, dict[str, MfaDevice]] = {}
        for answer in parts.devices:
            for entity in answer:
                self._add_device(entity.text_of("UserName") or "", entity)
        self._every_device_list = 0 < users <= len(parts.devices)
        for entity in parts.virtual:
            owner = entity.value.get("User")
            if isinstance(owner, dict):
                name = owner.get("UserName") or str(owner.get("Arn") or "").rpartition("/")[2]
                self._add_device(str(name), entity)

    def _add_device(self, name: str, entity: Entity) -> None:
        serial = entity.text_of("SerialNumber") or ""
        kind = _device_kind(serial)
        enabled = when(entity.value.get("EnableDate")) or Unknown("mfa-devices")
        self._devices.setdefault(name, {})[serial] = MfaDevice(serial, kind, enabled, Spot(entity, ("SerialNumber",)))

    def apply(self, user: User, row: Row | None) -> None:
        entities = self._keys.get(user.name)
        keys = listed(entities, user.arn) if entities is not None else () if self._every_key_list else None
        slots = row.keys if row is not None else Unknown("credential-report", "access-keys")
        user.keys = all_keys(keys, slots, self._uses, self._lone.get(user.name))
        devices = tuple(self._devices.get(user.name, {}).values())
        if devices or self._every_device_list:
            user.mfa_devices = devices
            if isinstance(user.has_mfa, Unknown):
                user.has_mfa = bool(devices)


def _device_kind(serial: str) -> str:
    resource = serial.split(":", 5)[5] if serial.startswith("arn:") and serial.count(":") >= 5 else ""
    for prefix, kind in (("mfa/", "virtual"), ("u2f/", "u2f"), ("sms-mfa/", "sms")):
        if resource.startswith(prefix):
            return kind
    return "hardware"
