"""The same policies in the form that each peer takes."""

import gzip
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.startup import ROOT
from tools.agreement import corpus

ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
Document = dict[str, Any]


def shared() -> Path | None:
    """The folder that `IAMLINT_SHARED` names; None where it is not at hand."""
    found = corpus()
    return found.parents[1] if found else None


def policies() -> tuple[str, list[Document]]:
    """What they are called, and AWS's managed policies; the shipped fixtures where those are not at hand."""
    folder = shared()
    path = folder / "corpora" / "managed-policies" / "managed-policies.visible.jsonl.gz" if folder else None
    if path is not None and path.exists():
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            documents = [json.loads(line)["document"] for line in lines]
        return f"{len(documents)} AWS managed policies", documents
    documents = []
    for file in sorted((ROOT / "fixtures").rglob("*.json")):
        try:
            value = json.loads(file.read_text("utf-8"))
        except ValueError:
            continue
        if isinstance(value, dict) and "Statement" in value:
            documents.append(value)
    return f"{len(documents)} policies of fixtures/", documents


def many(documents: Sequence[Document], times: int) -> Iterator[Document]:
    """So many copies of each, no two of them equal."""
    for number in range(times):
        for document in documents:
            yield {**document, "Id": f"copy {number}"} if number else document


def as_lines(documents: Sequence[Document] | Iterator[Document], path: Path) -> Path:
    """One policy a line."""
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(f"{json.dumps(document)}\n" for document in documents)
    return path


def as_files(documents: Sequence[Document] | Iterator[Document], folder: Path) -> list[Path]:
    """A file for each policy."""
    folder.mkdir(parents=True)
    made = []
    for number, document in enumerate(documents):
        made.append(folder / f"p{number:05}.json")
        made[-1].write_text(json.dumps(document, indent=2), encoding="utf-8")
    return made


def as_templates(documents: Sequence[Document], folder: Path) -> list[Path]:
    """CloudFormation templates with a policy each, which `cfn-lint` reads."""
    return as_files(
        (
            {
                "AWSTemplateFormatVersion": "2010-09-09",
                "Resources": {
                    "Policy": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": document}},
                },
            }
            for document in documents
        ),
        folder,
    )


def as_terraform(documents: Sequence[Document], folder: Path) -> Path:
    """Terraform with a policy each, which `checkov` reads."""
    folder.mkdir(parents=True)
    for number, document in enumerate(documents):
        text = json.dumps(document, indent=2).replace("${", "$${").replace("%{", "%%{")
        (folder / f"p{number:05}.tf").write_text(
            f'resource "aws_iam_policy" "p{number}" {{\n  name   = "p{number}"\n  policy = <<EOT\n{text}\nEOT\n}}\n'
        )
    return folder


def as_export(documents: Sequence[Document], path: Path) -> Path:
    """An export of an account with these customer managed policies, which `cloudsplaining` reads."""
    moment = "2026-01-01T00:00:00+00:00"
    held = []
    for number, document in enumerate(documents):
        version = {"Document": document, "VersionId": "v1", "IsDefaultVersion": True, "CreateDate": moment}
        held.append(
            {
                "PolicyName": f"p{number}",
                "PolicyId": f"ANPA{number:016}",
                "Arn": f"arn:aws:iam::111122223333:policy/p{number}",
                "Path": "/",
                "DefaultVersionId": "v1",
                "AttachmentCount": 0,
                "PermissionsBoundaryUsageCount": 0,
                "IsAttachable": True,
                "CreateDate": moment,
                "UpdateDate": moment,
                "PolicyVersionList": [version],
            }
        )
    path.write_text(json.dumps({"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": held}))
    return path


def account(users: int, folder: Path) -> Path | None:
    """A generated export of so many users, half as many roles and a third as many policies; None without generator."""
    at = shared()
    generator = at / "bench" / "gen_snapshot.py" if at else None
    if generator is None or not generator.exists():
        return None
    sizes = ["--users", str(users), "--roles", str(users // 2), "--policies", str(users // 3), "--trail-events", "0"]
    subprocess.run(
        [sys.executable, generator, folder, *sizes], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    return folder / "gaad.json"
