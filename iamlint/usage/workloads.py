"""What kind of workload calls, as its user agents and addresses tell: hints, strongest first."""

import ipaddress
import re
from collections.abc import Callable, Sequence
from typing import Final

from iamlint.record import NamedTuple
from iamlint.usage.table import Row


class Kind(NamedTuple):
    """A kind of workload and where it should get credentials instead of from a key."""

    name: str
    target: str


EC2: Final = Kind("ec2", "instance-profile")
LAMBDA: Final = Kind("lambda", "execution-role")
ECS: Final = Kind("ecs", "task-role")
EKS: Final = Kind("eks", "pod-identity")
GITHUB: Final = Kind("github-actions", "oidc")
GITLAB: Final = Kind("gitlab-ci", "oidc")
JENKINS: Final = Kind("jenkins", "roles-anywhere-or-instance-profile")
CI: Final = Kind("ci", "oidc")
ON_PREMISES: Final = Kind("onprem", "roles-anywhere")
PERSON: Final = Kind("person", "identity-center")
UNKNOWN: Final = Kind("unknown", "find-out")


class Hint(NamedTuple):
    """What a user agent that matches is a sign of."""

    kind: Kind
    found: Callable[[str], "re.Match[str] | None"]
    reason: str


def _hint(kind: Kind, expression: str, reason: str) -> Hint:
    return Hint(kind, re.compile(expression, re.IGNORECASE).search, reason)


HINTS: Final = (
    _hint(LAMBDA, r"exec-env/AWS_Lambda_", "its SDK says that it runs in Lambda"),
    _hint(ECS, r"exec-env/AWS_ECS_", "its SDK says that it runs in ECS"),
    _hint(EKS, r"exec-env/(?:AWS_)?EKS|\bkube|kubernetes", "its user agent names Kubernetes"),
    _hint(PERSON, r"exec-env/CloudShell", "CloudShell"),
    _hint(GITHUB, r"configure-aws-credentials-for-github-actions", "GitHub's action for AWS credentials"),
    _hint(GITLAB, r"exec-env/GitLab|\bGitLab\b", "its user agent names GitLab"),
    _hint(JENKINS, r"\bJenkins\b", "its user agent names Jenkins"),
    _hint(CI, r"exec-env/(?:CircleCI|Bitbucket|Buildkite|TeamCity|Azure_?Pipelines)|\bTravis\b", "a CI service"),
    _hint(GITHUB, r"os/linux#\S*-azure\b", "a kernel of Azure, as GitHub's hosted runners have"),
    _hint(EC2, r"\bamzn(?:2|2023)\b", "a kernel of Amazon Linux"),
    _hint(PERSON, r"Mozilla/|\bS3Console\b|console\.amazonaws\.com|signin\.amazonaws\.com", "a browser"),
    _hint(
        ON_PREMISES,
        r"Veeam|rclone|S3 Browser|Cyberduck|Commvault|Veritas|aws-sdk-dotnet.*Windows|Windows_?Server|Windows_NT",
        "a tool of machines outside AWS",
    ),
    _hint(PERSON, r"os/(?:macos|windows)|\bDarwin/", "the operating system of a person's machine"),
    _hint(EC2, r"ec2-instance|Amazon[_ ]Linux", "its user agent names EC2"),
)


class Guess(NamedTuple):
    """The likely kind, and why: the evidence, most telling first. `sure` iff nothing speaks for another kind."""

    kind: Kind
    reasons: tuple[str, ...]
    sure: bool


def guess(rows: Sequence[Row]) -> Guess:
    """The kind of workload behind the calls of one key."""
    votes: dict[Kind, int] = {}
    reasons: dict[Kind, dict[str, None]] = {}
    for row in rows:
        hint = next((hint for hint in HINTS if hint.found(row.agent)), None)
        if hint is None or row.via:
            continue
        votes[hint.kind] = votes.get(hint.kind, 0) + (row.calls if row.nth == 0 else 0)
        reasons.setdefault(hint.kind, {})[hint.reason] = None
    if not votes:
        return _by_address(rows)
    kind = max(votes, key=lambda each: votes[each])
    others = [each.name for each in votes if each is not kind]
    why = [*reasons[kind], *_addresses(rows)]
    if others:
        why.append(f"but some calls look like {', '.join(others)}")
    return Guess(kind, tuple(why), not others)


def _by_address(rows: Sequence[Row]) -> Guess:
    if any(row.vpc_endpoint for row in rows):
        return Guess(EC2, tuple(_addresses(rows)), False)
    families = sorted({row.agent_family for row in rows if row.agent_family})
    named = f"no user agent that tells: {', '.join(families[:5])}" if families else "no user agent"
    return Guess(UNKNOWN, (named, *_addresses(rows)), False)


def _addresses(rows: Sequence[Row]) -> list[str]:
    endpoints = sorted({row.vpc_endpoint for row in rows if row.vpc_endpoint})
    if endpoints:
        return [f"calls came through the VPC endpoint {', '.join(endpoints[:3])}"]
    addresses = {row.source_address for row in rows if not row.via and _parsed(row.source_address)}
    if not addresses:
        return []
    return [f"from {len(addresses)} address{'es' if len(addresses) > 1 else ''}"]


def _parsed(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
