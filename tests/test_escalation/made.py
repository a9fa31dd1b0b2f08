"""Accounts written by hand, with who can become what in them."""

from iamlint.analyse.escalation import escalations
from tests.test_account.made import ID, account, arn, details, policy, user

ADMINISTRATOR = [{"PolicyName": "AdministratorAccess", "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}]


def document(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(*actions, on="*", **condition):
    return {
        "Effect": "Allow",
        "Action": list(actions),
        "Resource": on,
        **({"Condition": condition} if condition else {}),
    }


def deny(*actions, on="*", **condition):
    return {**allow(*actions, on=on, **condition), "Effect": "Deny"}


def holder(name, *statements, **members):
    """A user with these statements in an inline policy."""
    inline = [{"PolicyName": "own", "PolicyDocument": document(*statements)}] if statements else []
    return user(name, UserPolicyList=inline, **members)


def role(name, principal=None, *statements, path="/", used=True, condition=None, **members):
    trust = {"Effect": "Allow", "Principal": principal or {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    if condition:
        trust["Condition"] = condition
    return {
        "RoleName": name,
        "Arn": arn(name, "role", path),
        "Path": path,
        "AssumeRolePolicyDocument": document(trust),
        "RolePolicyList": [{"PolicyName": "own", "PolicyDocument": document(*statements)}] if statements else [],
        "RoleLastUsed": {"LastUsedDate": "2026-10-01T00:00:00Z", "Region": "us-east-1"} if used else {},
        **members,
    }


def group(name, *statements, **members):
    inline = [{"PolicyName": "own", "PolicyDocument": document(*statements)}] if statements else []
    return {"GroupName": name, "Arn": arn(name, "group"), "GroupPolicyList": inline, **members}


def attached(*names):
    return [{"PolicyName": name, "PolicyArn": arn(name, "policy")} for name in names]


def bounded(name):
    return {"PermissionsBoundary": {"PermissionsBoundaryArn": arn(name, "policy")}}


def found(*users, exports=(), **lists):
    """What is found of the account with these users, groups, roles and policies."""
    return escalations(account(details(*users, **lists), *exports))


def chain(*users, of="ann", kind="user", **lists):
    """The chain of one of them; None where there is none."""
    return found(*users, **lists).chains.get(arn(of, kind))


def told(chain):
    """A chain in short: the actions of each step, and on what."""
    return chain and [("+".join(step.actions), step.on.rpartition(":")[2]) for step in chain.steps]


__all__ = [
    "ADMINISTRATOR",
    "ID",
    "account",
    "allow",
    "arn",
    "attached",
    "bounded",
    "chain",
    "deny",
    "details",
    "document",
    "found",
    "group",
    "holder",
    "policy",
    "role",
    "told",
    "user",
]
