"""Exports written by hand, as small as they may be."""

import base64
import json

from iamlint.config import Settings
from iamlint.load import load_text
from iamlint.load.account import join

ID = "111122223333"
HEADER = (
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,"
    "mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,"
    "access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,"
    "access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,"
    "cert_2_last_rotated"
)
NO_KEY = "false,N/A,N/A,N/A,N/A"
NO_CERTIFICATES = "false,N/A,false,N/A"
ROOT = (
    f"<root_account>,arn:aws:iam::{ID}:root,2020-01-01T00:00:00Z,not_supported,2026-09-22T00:00:00Z,not_supported,"
    f"not_supported,true,{NO_KEY},{NO_KEY},{NO_CERTIFICATES}"
)
ALLOW = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}


def arn(name, kind="user", path="/", account=ID):
    return f"arn:aws:iam::{account}:{kind}{path}{name}"


def user(name, account=ID, **members):
    return {"UserName": name, "UserId": "AIDA" + name.upper(), "Arn": arn(name, account=account), **members}


def policy(name, document=ALLOW, account=ID, **members):
    return {
        "PolicyName": name,
        "Arn": arn(name, "policy", account=account),
        "DefaultVersionId": "v1",
        "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": True, "Document": document}],
        **members,
    }


def details(*users, groups=(), roles=(), policies=(), **members):
    return json.dumps(
        {
            "UserDetailList": list(users),
            "GroupDetailList": list(groups),
            "RoleDetailList": list(roles),
            "Policies": list(policies),
            **members,
        }
    )


def row(name, *, created="2024-01-01T00:00:00Z", password="false,N/A,N/A,N/A", mfa="false", one=NO_KEY, two=NO_KEY):
    return f"{name},{arn(name)},{created},{password},{mfa},{one},{two},{NO_CERTIFICATES}"


def report(*rows):
    return "\n".join((HEADER, *rows))


def report_json(*rows, time="2026-11-01T00:00:00+00:00"):
    content = base64.b64encode(report(*rows).encode()).decode()
    return json.dumps({"Content": content, "ReportFormat": "text/csv", "GeneratedTime": time})


def accounts(*texts, as_of=None, **named):
    """The accounts in `texts`; further ones by file name, with `__` for `/`."""
    files = {f"snapshot/{number}.json": text for number, text in enumerate(texts)}
    files |= {name.replace("__", "/") + ".json": text for name, text in named.items()}
    loaded = [load_text(path, text, Settings(root="/")) for path, text in files.items()]
    return join([file.export for file in loaded if file.export is not None], as_of)


def account(*texts, **options):
    found = accounts(*texts, **options).accounts
    assert len(found) == 1
    return found[0]
