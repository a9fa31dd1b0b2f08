"""Carries out the commands that `lockdown` proposes, on the exports of a snapshot: what AWS would make of them."""

import csv
import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NOW = "2026-10-31T23:55:00+00:00"
_COLUMNS = ("active", "last_rotated", "last_used_date", "last_used_region", "last_used_service")


def commands(script: str) -> list[tuple[list[str], list[list[str]]]]:
    """Each command with its undos, as a shell takes their words apart."""
    found: list[tuple[list[str], list[list[str]]]] = []
    for line in script.splitlines():
        if line.startswith("#   undo: aws "):
            found[-1][1].append(shlex.split(line.removeprefix("#   undo: ")))
        elif line and not line.startswith("#") and line != "set -eu":
            found.append((shlex.split(line), []))
    return found


def options(words: list[str]) -> tuple[str, dict[str, str]]:
    """The verb, and the options by name."""
    assert words[:2] == ["aws", "iam"], words
    pairs = [word.removeprefix("--").partition("=") for word in words[3:]]
    assert all(word.startswith("--") and "=" in word for word in words[3:]), words
    return words[2], {name: value for name, _, value in pairs}


class Snapshot:
    """The exports in a folder, as the generator of snapshots and `made` lay them out."""

    def __init__(self, folder: Path, out: Path) -> None:
        self.folder, self.out = folder, out
        self.gaad = json.loads((folder / "gaad.json").read_text())
        with (folder / "credential-report.csv").open(newline="") as file:
            self.rows = list(csv.DictReader(file))
        self.keys: list[dict[str, Any]] = json.loads((folder / "access-keys.json").read_text())["AccessKeyMetadata"]
        text = (folder / "access-key-last-used.jsonl").read_text()
        self.used = {each["AccessKeyId"]: each["AccessKeyLastUsed"] for each in map(json.loads, text.splitlines())}
        self.devices: list[dict[str, Any]] = json.loads((folder / "mfa-devices.json").read_text())["MFADevices"]
        self.virtual: set[str] = set()
        self.new_keys: list[str] = []

    def write(self, folder: Path) -> None:
        """The exports as they are now."""
        folder.mkdir()
        (folder / "gaad.json").write_text(json.dumps(self.gaad))
        (folder / "access-keys.json").write_text(json.dumps({"AccessKeyMetadata": self.keys}))
        used = (json.dumps({"AccessKeyId": id_, "AccessKeyLastUsed": last}) + "\n" for id_, last in self.used.items())
        (folder / "access-key-last-used.jsonl").write_text("".join(used))
        (folder / "mfa-devices.json").write_text(json.dumps({"MFADevices": self.devices}))
        for name in ("account-summary.json", "password-policy.json"):
            if (self.folder / name).exists():
                (folder / name).write_bytes((self.folder / name).read_bytes())
        with (folder / "credential-report.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, list(self.rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(self._rows())

    def _rows(self) -> Iterator[dict[str, str]]:
        with_device = {device["UserName"] for device in self.devices}
        for row in self.rows:
            if row["user"] == "<root_account>":
                yield row
                continue
            keys = [key for key in self.keys if key["UserName"] == row["user"]]
            assert len(keys) <= 2, row["user"]
            cells = dict(row, mfa_active=str(row["user"] in with_device).lower())
            for number in (1, 2):
                values = ["false", "N/A", "N/A", "N/A", "N/A"]
                if number <= len(keys):
                    key = keys[number - 1]
                    last = self.used.get(key["AccessKeyId"], {})
                    used = last.get("LastUsedDate", "N/A").replace("+00:00", "Z")
                    state = str(key["Status"] == "Active").lower()
                    created = key["CreateDate"].replace("+00:00", "Z")
                    values = [state, created, used, last.get("Region", "N/A"), last.get("ServiceName", "N/A")]
                cells |= {f"access_key_{number}_{name}": v for name, v in zip(_COLUMNS, values, strict=True)}
            yield cells

    def state(self) -> str:
        """All that commands change, to be compared."""
        parts = (self.gaad, sorted(self.keys, key=str), sorted(self.devices, key=str), sorted(self.virtual))
        return json.dumps(parts, sort_keys=True)

    def run(self, words: list[str]) -> None:
        """Carries out one command; an assertion fails where AWS would refuse it."""
        verb, given = options(words)
        getattr(self, verb.replace("-", "_"))(**{name.replace("-", "_"): value for name, value in given.items()})

    def user(self, name: str) -> dict[str, Any]:
        return self._entity("User", name)

    def _entity(self, kind: str, name: str) -> dict[str, Any]:
        (found,) = [each for each in self.gaad[f"{kind}DetailList"] if each[f"{kind}Name"] == name]
        entity: dict[str, Any] = found
        return entity

    def policy(self, arn: str) -> dict[str, Any]:
        (found,) = [policy for policy in self.gaad["Policies"] if policy["Arn"] == arn]
        policy: dict[str, Any] = found
        return policy

    def key(self, user: str, id_: str) -> dict[str, Any]:
        (found,) = [key for key in self.keys if (key["UserName"], key["AccessKeyId"]) == (user, id_)]
        return found

    # The verbs.

    def create_policy(self, policy_name: str, policy_document: str) -> None:
        account = self.gaad["UserDetailList"][0]["Arn"].split(":")[4]
        arn = f"arn:aws:iam::{account}:policy/{policy_name}"
        assert all(policy["Arn"] != arn for policy in self.gaad["Policies"])
        document = json.loads((self.out / policy_document.removeprefix("file://")).read_text())
        version = {"VersionId": "v1", "IsDefaultVersion": True, "CreateDate": NOW, "Document": document}
        entity = {"PolicyName": policy_name, "Arn": arn, "Path": "/", "DefaultVersionId": "v1"}
        self.gaad["Policies"].append({**entity, "PolicyVersionList": [version], "AttachmentCount": 0})

    def delete_policy(self, policy_arn: str) -> None:
        holders = json.dumps([self.gaad[kind] for kind in ("UserDetailList", "GroupDetailList", "RoleDetailList")])
        assert policy_arn not in holders
        self.gaad["Policies"].remove(self.policy(policy_arn))

    def attach_user_policy(self, user_name: str, policy_arn: str) -> None:
        self._attach(self.user(user_name), policy_arn)

    def detach_user_policy(self, user_name: str, policy_arn: str) -> None:
        self._detach(self.user(user_name), policy_arn)

    def attach_group_policy(self, group_name: str, policy_arn: str) -> None:
        self._attach(self._entity("Group", group_name), policy_arn)

    def detach_group_policy(self, group_name: str, policy_arn: str) -> None:
        self._detach(self._entity("Group", group_name), policy_arn)

    def attach_role_policy(self, role_name: str, policy_arn: str) -> None:
        self._attach(self._entity("Role", role_name), policy_arn)

    def detach_role_policy(self, role_name: str, policy_arn: str) -> None:
        self._detach(self._entity("Role", role_name), policy_arn)

    def _attach(self, holder: dict[str, Any], policy_arn: str) -> None:
        attached = holder["AttachedManagedPolicies"]
        entry = {"PolicyName": self.policy(policy_arn)["PolicyName"], "PolicyArn": policy_arn}
        assert entry not in attached
        assert len(attached) < 10
        attached.append(entry)

    def _detach(self, holder: dict[str, Any], policy_arn: str) -> None:
        holder["AttachedManagedPolicies"].remove(
            {"PolicyName": self.policy(policy_arn)["PolicyName"], "PolicyArn": policy_arn}
        )

    def put_user_permissions_boundary(self, user_name: str, permissions_boundary: str) -> None:
        self.policy(permissions_boundary)
        self.user(user_name)["PermissionsBoundary"] = {
            "PermissionsBoundaryType": "Policy",
            "PermissionsBoundaryArn": permissions_boundary,
        }

    def delete_user_permissions_boundary(self, user_name: str) -> None:
        del self.user(user_name)["PermissionsBoundary"]

    def update_access_key(self, user_name: str, access_key_id: str, status: str) -> None:
        self.key(user_name, access_key_id)["Status"] = status

    def delete_access_key(self, user_name: str, access_key_id: str) -> None:
        self.keys.remove(self.key(user_name, self.new_keys[-1] if access_key_id == "NEW_KEY_ID" else access_key_id))

    def create_access_key(self, user_name: str) -> None:
        self.user(user_name)
        assert sum(key["UserName"] == user_name for key in self.keys) < 2
        id_ = f"AKIANEW{''.join(chr(65 + int(digit)) for digit in f'{len(self.new_keys):013d}')}"
        self.new_keys.append(id_)
        self.keys.append({"UserName": user_name, "AccessKeyId": id_, "Status": "Active", "CreateDate": NOW})

    def create_virtual_mfa_device(self, virtual_mfa_device_name: str, outfile: str, bootstrap_method: str) -> None:
        account = self.gaad["UserDetailList"][0]["Arn"].split(":")[4]
        serial = f"arn:aws:iam::{account}:mfa/{virtual_mfa_device_name}"
        assert serial not in self.virtual
        assert all(device["SerialNumber"] != serial for device in self.devices)
        self.virtual.add(serial)

    def delete_virtual_mfa_device(self, serial_number: str) -> None:
        self.virtual.remove(serial_number)

    def enable_mfa_device(
        self, user_name: str, serial_number: str, authentication_code1: str, authentication_code2: str
    ) -> None:
        assert serial_number in self.virtual
        self.user(user_name)
        self.devices.append({"UserName": user_name, "SerialNumber": serial_number, "EnableDate": NOW})

    def deactivate_mfa_device(self, user_name: str, serial_number: str) -> None:
        self.devices.remove({"UserName": user_name, "SerialNumber": serial_number, "EnableDate": NOW})
