"""`iamlint evaluate`: broken lines are named and the rest is answered."""

import json
from typing import Any

from click.testing import CliRunner

from iamlint.cli import main

REQUEST = {"principal": "arn:aws:iam::111122223333:user/eve", "action": "s3:GetObject", "resource": "*"}
ALLOW: dict[str, Any] = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}
MFA = {"Bool": {"aws:MultiFactorAuthPresent": True}}


def line(name: str, **more: object) -> str:
    return json.dumps({"id": name, "request": REQUEST, "identity_policies": [ALLOW], **more})


def test_answers_and_broken_lines() -> None:
    lines = [
        line("plain"),
        "",
        line("other", boundary=[ALLOW | {"Statement": []}]),
        "{",
        "[1]",
        line("x", request={**REQUEST, "action": "s3"}),
        line("x", request={**REQUEST, "context": {"a\u001b[31m": {}}}),
        line("x", identity_policies="no"),
        line("x", scps=[ALLOW]),
        line("x", resource_policy=[ALLOW]),
        line("x") + " 1",
        '{"id": ' + "[" * 100_000,
        line("scp", scps=[[ALLOW], []], rcps=[]),
        line("elsewhere", boundary=None, resource_policy=None, request={**REQUEST, "resource_account": "4"}),
        line("unknown", request={**REQUEST, "resource_account": "4"}),
        line("mfa", identity_policies=[{**ALLOW, "Statement": {**ALLOW["Statement"], "Condition": MFA}}]),
    ]
    result = CliRunner().invoke(main, ["evaluate", "--jsonl", "-"], input="\n".join(lines))
    assert result.exit_code == 2
    answers = {answer["id"]: answer for answer in map(json.loads, result.stdout.splitlines())}
    assert {name: answer["decision"] for name, answer in answers.items()} == {
        "plain": "Allowed",
        "other": "ImplicitlyDenied",
        "scp": "ImplicitlyDenied",
        "elsewhere": "ImplicitlyDenied",
        "unknown": "CannotTell",
        "mfa": "ImplicitlyDenied",
    }
    assert list(answers["plain"]) == ["id", "decision", "reason", "blockers", "assumed"]
    assert "service control policies" in answers["plain"]["assumed"][0]
    assert [blocker["step"] for blocker in answers["scp"]["blockers"]] == ["scp"]
    errors = result.stderr.splitlines()
    assert [error.split(":")[1] for error in errors] == [str(number) for number in range(4, 13)]
    assert "\x1b" not in result.stderr


def test_exit_status_where_all_is_answered() -> None:
    result = CliRunner().invoke(main, ["evaluate", "--jsonl", "-"], input=line("a") + "\n")
    assert (result.exit_code, result.stderr) == (0, "")
