"""moto takes each command with its arguments, and each undo brings back what was there."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.lockdown.applier import commands, options
from tests.lockdown.made import CONFIG, EVERYTHING, KEYS, USERS, document, lay, run
from tests.lockdown.made import user as user_of
from tests.test_account.made import ID, arn, policy

moto = pytest.importorskip("moto", reason="moto is not installed (pip install -e .[test])")
boto3 = pytest.importorskip("boto3", reason="boto3 comes with moto")
from botocore.validate import ParamValidator  # noqa: E402 - comes with boto3

THEIRS = "123456789012"
_OF_THE_CLI = ("outfile", "bootstrap_method")
"""Options that the AWS CLI takes itself, of `create-virtual-mfa-device`."""


def parameter(name: str) -> str:
    words = "".join(part.capitalize() for part in name.split("-"))
    return words.replace("Mfa", "MFA")


class Iam:
    """moto's IAM, told in words of the command line."""

    def __init__(self, out: Path) -> None:
        self.client = boto3.client(
            "iam", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x", aws_session_token="x"
        )
        self.out = out
        self.made = "NEW_KEY_ID"
        self.boundaries: dict[str, str] = {}
        """Of users: moto does not implement them, so that only the arguments are checked, by AWS's own model."""

    def run(self, words: list[str]) -> None:
        verb, given = options(words)
        values = {parameter(name): value for name, value in given.items() if name.replace("-", "_") not in _OF_THE_CLI}
        for name, value in values.items():
            if value.startswith("file://"):
                value = (self.out / value.removeprefix("file://")).read_text()
            values[name] = re.sub("^CODE([12])$", r"00000\1", value).replace("NEW_KEY_ID", self.made)
        if verb.endswith("-user-permissions-boundary"):
            self._bound(verb, values)
            return
        answer = getattr(self.client, verb.replace("-", "_"))(**values)
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
        if verb == "create-access-key":
            self.made = answer["AccessKey"]["AccessKeyId"]

    def _bound(self, verb: str, values: dict[str, str]) -> None:
        model = self.client.meta.service_model.operation_model(parameter(verb))
        report = ParamValidator().validate(values, model.input_shape)
        assert not report.has_errors(), report.generate_report()
        self.client.get_user(UserName=values["UserName"])
        if verb.startswith("delete"):
            del self.boundaries[values["UserName"]]
        else:
            self.client.get_policy(PolicyArn=values["PermissionsBoundary"])
            self.boundaries[values["UserName"]] = values["PermissionsBoundary"]

    def state(self) -> str:
        """Users with policies, boundaries, keys and devices; and the policies of the account."""
        details = self.client.get_account_authorization_details(Filter=["User", "LocalManagedPolicy"])
        users: dict[str, Any] = {}
        for user in details["UserDetailList"]:
            name = user["UserName"]
            users[name] = [
                sorted(each["PolicyArn"] for each in user["AttachedManagedPolicies"]),
                self.boundaries.get(name),
                sorted((k["AccessKeyId"], k["Status"]) for k in self._keys(name)),
                [each["SerialNumber"] for each in self.client.list_mfa_devices(UserName=name)["MFADevices"]],
            ]
        devices = [each["SerialNumber"] for each in self.client.list_virtual_mfa_devices()["VirtualMFADevices"]]
        return json.dumps([users, sorted(each["Arn"] for each in details["Policies"]), sorted(devices)])

    def _keys(self, name: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.client.list_access_keys(UserName=name)["AccessKeyMetadata"]
        return found


def populated(iam: Iam) -> list[dict[str, str]]:
    """The users of `made` in moto, and their keys with the ids that moto gives.

    Policies of AWS are left out: moto takes long to load them, and no command is about one.
    """
    keys = []
    for user in USERS:
        name = user["UserName"]
        iam.client.create_user(UserName=name, Path=user["Path"])
        for each in user["UserPolicyList"]:
            document = json.dumps(each["PolicyDocument"])
            iam.client.put_user_policy(UserName=name, PolicyName=each["PolicyName"], PolicyDocument=document)
    for key in KEYS:
        id_ = iam.client.create_access_key(UserName=key["UserName"])["AccessKey"]["AccessKeyId"]
        iam.client.update_access_key(UserName=key["UserName"], AccessKeyId=id_, Status=key["Status"])
        keys.append({**key, "AccessKeyId": id_})
    return keys


def test_every_command_is_accepted_and_undone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    with moto.mock_aws():
        iam = Iam(out)
        keys = populated(iam)
        renamed = dict(zip((key["AccessKeyId"] for key in KEYS), (key["AccessKeyId"] for key in keys), strict=True))
        from tests.lockdown import made

        monkeypatch.setattr(made, "LAST", {renamed[id_]: service for id_, service in made.LAST.items()})
        assert run(lay(tmp_path / "before", keys=keys), "--out", out, config=CONFIG, folder=tmp_path).exit_code == 0
        verbs = set()
        done: list[tuple[str, list[list[str]]]] = []
        for words, undo in commands((out / "commands.sh").read_text().replace(ID, THEIRS)):
            verbs.add(words[2])
            before = iam.state()
            iam.run(words)
            after = iam.state()
            assert after != before, words
            # Undone and done again: every command, where it stands in the order.
            for each in undo:
                if words[2] == "create-virtual-mfa-device":
                    continue  # moto knows no owner of a device that is not enabled
                iam.run(each)
            if undo and words[2] != "create-virtual-mfa-device":
                assert iam.state() == before, undo
                iam.run(words)
            done.append((before, undo))
        assert verbs == {
            *("create-virtual-mfa-device", "enable-mfa-device", "create-policy", "attach-user-policy"),
            *("put-user-permissions-boundary", "update-access-key", "delete-access-key", "create-access-key"),
        }
        # From the end back to where something was deleted for good.
        for before, undo in reversed(done):
            if not undo:
                break
            for words in undo:
                iam.run(words)
            assert iam.state() == before


def test_commands_about_groups_and_roles(tmp_path: Path) -> None:
    cap = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*"}
    texts = {"wide": document(EVERYTHING), "cap": document(cap)}
    bound = {"PermissionsBoundary": {"PermissionsBoundaryArn": arn("cap", "policy")}}
    held = {"AttachedManagedPolicies": [{"PolicyName": "wide", "PolicyArn": arn("wide", "policy")}]}
    groups = [{"GroupName": "ops", "Arn": arn("ops", "group"), "Path": "/", "GroupPolicyList": [], **held}]
    trust = document({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"})
    role = {"RoleName": "ops", "Arn": arn("ops", "role"), "Path": "/", "AssumeRolePolicyDocument": trust}
    roles = [{**role, "RolePolicyList": [], **held, **bound}]
    policies = [policy(name, text) for name, text in texts.items()]
    users = [user_of("ann", GroupList=["ops"], **bound)]
    snapshot = lay(tmp_path / "in", users, [], GroupDetailList=groups, RoleDetailList=roles, Policies=policies)
    out = tmp_path / "out"
    assert run(snapshot, "--out", out, config="", folder=tmp_path).exit_code == 0
    with moto.mock_aws():
        iam = Iam(out)
        for name, text in texts.items():
            iam.client.create_policy(PolicyName=name, PolicyDocument=json.dumps(text))
        own = f"arn:aws:iam::{THEIRS}:policy/wide"
        iam.client.create_group(GroupName="ops")
        iam.client.attach_group_policy(GroupName="ops", PolicyArn=own)
        iam.client.create_role(RoleName="ops", AssumeRolePolicyDocument=json.dumps(trust))
        iam.client.attach_role_policy(RoleName="ops", PolicyArn=own)

        def state() -> list[str]:
            of_group = iam.client.list_attached_group_policies(GroupName="ops")["AttachedPolicies"]
            of_role = iam.client.list_attached_role_policies(RoleName="ops")["AttachedPolicies"]
            return sorted(f"{kind}{e['PolicyArn']}" for kind, es in (("g", of_group), ("r", of_role)) for e in es)

        before = state()
        done = []
        for words, undo in commands((out / "commands.sh").read_text().replace(ID, THEIRS)):
            if words[2] == "create-policy" or words[2].endswith(("-group-policy", "-role-policy")):
                iam.run(words)
                done.append((words[2], undo))
        assert [verb for verb, _ in done if verb != "create-policy"] == [
            *("attach-group-policy", "attach-role-policy"),
            *("detach-group-policy", "detach-role-policy"),
        ]
        assert not any(entry.endswith("/wide") for entry in state())
        for _, undo in reversed(done):
            for words in undo:
                iam.run(words)
        assert state() == before
