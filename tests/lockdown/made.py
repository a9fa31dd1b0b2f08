"""A small account written by hand, with something wrong of each kind, and the command run over it."""

import csv
import io
import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from iamlint.cli import main
from tests.test_account.made import HEADER, ID, ROOT, arn, policy

Statement = dict[str, Any]
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
OLD, NEW, USED = "2025-01-01T00:00:00+00:00", "2026-10-01T00:00:00+00:00", "2026-10-30T00:00:00+00:00"
NOW = "2026-11-01T00:00:00+00:00"


def key(user: str, id_: str, created: str = NEW, status: str = "Active") -> dict[str, str]:
    return {"UserName": user, "AccessKeyId": id_, "Status": status, "CreateDate": created}


def document(*statements: Statement) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def user(name: str, *statements: Statement, path: str = "/", **members: Any) -> dict[str, Any]:
    inline = [{"PolicyName": "own", "PolicyDocument": document(*statements)}] if statements else []
    entity = {"UserName": name, "UserId": "AIDA" + name.upper()[:12], "Arn": arn(name, path=path), "Path": path}
    rest = {"UserPolicyList": inline, "AttachedManagedPolicies": [], "GroupList": [], "Tags": []}
    return {**entity, "CreateDate": OLD, **rest, **members}


IAM = {"Effect": "Allow", "Action": ["iam:CreateUser", "iam:ListUsers", "ec2:DescribeInstances"], "Resource": "*"}
READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*"}
DEPLOY = {"Effect": "Allow", "Action": ["ec2:TerminateInstances", "s3:GetObject"], "Resource": "*"}
USERS = [
    user("ann", IAM, path="/people/"),
    user("bob", READ, path="/people/"),
    user("svc-deploy", DEPLOY, path="/svc/"),
    user("svc-report", READ, path="/svc/"),
    user("root-like", AttachedManagedPolicies=[{"PolicyName": "AdministratorAccess", "PolicyArn": ADMINISTRATOR}]),
    user("idle", READ, path="/svc/"),
]
KEYS = [
    key("ann", "AKIAANNAAAAAAAAAAAAA", OLD),
    key("bob", "AKIABOBAAAAAAAAAAAAA"),
    key("bob", "AKIABOBBBBBBBBBBBBBB", OLD),
    key("svc-deploy", "AKIADEPLOYAAAAAAAAAA"),
    key("svc-report", "AKIAREPORTAAAAAAAAAA", OLD),
    key("svc-report", "AKIAREPORTBBBBBBBBBB", OLD, "Inactive"),
    key("idle", "AKIAIDLEAAAAAAAAAAAA", OLD),
    key("root-like", "AKIAROOTLIKEAAAAAAAA"),
]
PASSWORDS = frozenset(("ann", "root-like"))
LAST = {
    "AKIAANNAAAAAAAAAAAAA": "iam",
    "AKIABOBAAAAAAAAAAAAA": "s3",
    "AKIABOBBBBBBBBBBBBBB": "s3",
    "AKIADEPLOYAAAAAAAAAA": "sqs",
    "AKIAREPORTAAAAAAAAAA": "s3",
    "AKIAROOTLIKEAAAAAAAA": "ec2",
}
CONFIG = '[environment]\nadministrators = ["root-like"]\n'


def lay(folder: Path, users: list[dict[str, Any]] = USERS, keys: list[dict[str, str]] = KEYS, **gaad: Any) -> Path:
    """Writes the exports, all of them."""
    folder.mkdir()
    policies = [policy("AdministratorAccess", document(EVERYTHING)) | {"Arn": ADMINISTRATOR}]
    entities = {"UserDetailList": users, "GroupDetailList": [], "RoleDetailList": [], "Policies": policies, **gaad}
    (folder / "gaad.json").write_text(json.dumps(entities))
    (folder / "access-keys.json").write_text(json.dumps({"AccessKeyMetadata": keys}))
    lines = []
    for each in keys:
        id_ = each["AccessKeyId"]
        last = {"ServiceName": "N/A", "Region": "N/A"}
        if id_ in LAST:
            used = OLD if id_.endswith("B") else USED
            last = {"LastUsedDate": used, "ServiceName": LAST[id_], "Region": "eu-west-1"}
        lines.append(json.dumps({"AccessKeyId": id_, "UserName": each["UserName"], "AccessKeyLastUsed": last}) + "\n")
    (folder / "access-key-last-used.jsonl").write_text("".join(lines))
    (folder / "mfa-devices.json").write_text(json.dumps({"MFADevices": []}))
    (folder / "account-summary.json").write_text(
        json.dumps({"SummaryMap": {"AccountMFAEnabled": 1, "AccountAccessKeysPresent": 0}})
    )
    (folder / "credential-report.csv").write_text("\n".join((HEADER, ROOT, *(_row(u, keys) for u in users))) + "\n")
    return folder


def _row(entity: dict[str, Any], keys: list[dict[str, str]]) -> str:
    name = entity["UserName"]
    cells = []
    own = [each for each in keys if each["UserName"] == name]
    for number in (0, 1):
        if number >= len(own):
            cells += ["false", "N/A", "N/A", "N/A", "N/A"]
            continue
        id_, service = own[number]["AccessKeyId"], LAST.get(own[number]["AccessKeyId"])
        used = "N/A" if service is None else (OLD if id_.endswith("B") else USED).replace("+00:00", "Z")
        active = str(own[number]["Status"] == "Active").lower()
        cells += [active, own[number]["CreateDate"].replace("+00:00", "Z"), used, "eu-west-1", service or "N/A"]
    password = ["false", "N/A", "N/A", "N/A"]
    if name in PASSWORDS:
        password = ["true", "2026-10-30T00:00:00Z", "2026-10-01T00:00:00Z", "N/A"]
    start = [name, entity["Arn"], "2025-01-01T00:00:00Z", *password, "false", *cells, "false", "N/A", "false", "N/A"]
    line = io.StringIO()
    csv.writer(line).writerow(start)
    return line.getvalue().removesuffix("\r\n")


def run(*arguments: str | Path, config: str | None = CONFIG, folder: Path | None = None) -> Result:
    """`iamlint lockdown …`."""
    words = [str(argument) for argument in arguments]
    if config is None:
        return CliRunner().invoke(main, ["lockdown", *words, "--isolated"])
    assert folder is not None
    path = folder / "iamlint.toml"
    path.write_text(config)
    return CliRunner().invoke(main, ["lockdown", *words, "--config", str(path)])


def account_id() -> str:
    return ID
