"""Per key: who holds it, what calls with it, from where, what it uses, and what should take its place."""

from collections.abc import Iterable, Mapping, Sequence

from iamlint.config import Environment
from iamlint.record import NamedTuple
from iamlint.usage.table import Row, Table
from iamlint.usage.workloads import CI, EC2, ECS, EKS, GITHUB, GITLAB, JENKINS, LAMBDA, ON_PREMISES, Guess, guess


class Consumer(NamedTuple):
    """A long-lived key as it was used in the window of the table."""

    key: str
    principal: str
    guess: Guess
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    addresses: tuple[str, ...]
    endpoints: tuple[str, ...]
    agents: tuple[str, ...]
    regions: tuple[str, ...]
    calls: int
    denied: int
    first_seen: str | None
    last_seen: str | None

    @property
    def workload(self) -> str:
        return self.guess.kind.name

    @property
    def target(self) -> str:
        """What should take the key's place: `instance-profile`, `oidc` and so on."""
        return self.guess.kind.target


def consumers(table: Table) -> tuple[Consumer, ...]:
    """All long-lived keys that were seen, by id."""
    rows: dict[str, list[Row]] = {}
    for row in table.rows:
        if row.access_key.startswith("AKIA"):
            rows.setdefault(row.access_key, []).append(row)
    return tuple(_consumer(key, own) for key, own in sorted(rows.items()))


def _consumer(key: str, rows: Sequence[Row]) -> Consumer:
    calls = [row for row in rows if row.nth == 0]
    return Consumer(
        key,
        next((row.principal for row in rows if row.principal.startswith("arn:")), rows[0].principal),
        guess(rows),
        tuple(sorted({row.action for row in rows if row.action})),
        tuple(sorted({arn for row in rows for arn in row.resources})),
        tuple(sorted({row.source_address for row in rows if row.source_address and not row.via})),
        tuple(sorted({row.vpc_endpoint for row in rows if row.vpc_endpoint})),
        tuple(sorted({row.agent for row in rows if row.agent})),
        tuple(sorted({row.region for row in rows if row.region})),
        sum(row.calls for row in calls),
        sum(row.calls for row in calls if row.denied),
        min((row.first_seen for row in rows if row.first_seen), default=None),
        max((row.last_seen for row in rows if row.last_seen), default=None),
    )


class Trust(NamedTuple):
    """The trust policy of the role that takes a key's place, or what has to be known for it (`needs`)."""

    document: Mapping[str, object] | None
    needs: str | None = None


_SERVICES = {EC2: "ec2.amazonaws.com", LAMBDA: "lambda.amazonaws.com", ECS: "ecs-tasks.amazonaws.com"}


def trust_for(consumer: Consumer, environment: Environment, repositories: Iterable[str] = ()) -> Trust:
    """Who may assume the role: the service, or the subjects of an identity provider, exactly.

    `repositories` are those whose workflows use the key; all of the configuration where none is given.
    """
    account = consumer.principal.split(":")[4] if consumer.principal.count(":") >= 5 else ""
    partition = consumer.principal.split(":", 2)[1] if consumer.principal.startswith("arn:") else "aws"
    kind = consumer.guess.kind
    if kind in _SERVICES:
        condition = {"StringEquals": {"aws:SourceAccount": account}} if kind is ECS and account else None
        return Trust(_document("sts:AssumeRole", {"Service": _SERVICES[kind]}, condition))
    if kind is EKS:
        actions = ["sts:AssumeRole", "sts:TagSession"]
        condition = {"StringEquals": {"aws:SourceAccount": account}}
        return Trust(_document(actions, {"Service": "pods.eks.amazonaws.com"}, condition))
    if kind is GITHUB:
        named = tuple(repositories) or environment.repositories
        if not named:
            return Trust(None, "the repositories whose workflows use the key (environment.repositories)")
        return Trust(_oidc(partition, account, "token.actions.githubusercontent.com", "sts.amazonaws.com", named))
    if kind in (GITLAB, CI):
        return Trust(None, "the issuer of the CI's tokens and the subject of the jobs that use the key")
    if kind in (ON_PREMISES, JENKINS):
        return Trust(None, "the ARN of the trust anchor of IAM Roles Anywhere")
    return Trust(None, None if consumer.target == "identity-center" else "what uses the key")


def _oidc(partition: str, account: str, issuer: str, audience: str, repositories: Sequence[str]) -> dict[str, object]:
    subjects = [f"repo:{name}" if name.count(":") else f"repo:{name}:*" for name in repositories]
    exact = {f"{issuer}:aud": audience}
    whole = [subject for subject in subjects if "*" not in subject]
    condition: dict[str, dict[str, object]] = {"StringEquals": dict(exact)}
    if len(whole) == len(subjects):
        condition["StringEquals"][f"{issuer}:sub"] = whole if len(whole) > 1 else whole[0]
    else:
        condition["StringLike"] = {f"{issuer}:sub": subjects if len(subjects) > 1 else subjects[0]}
    provider = f"arn:{partition}:iam::{account}:oidc-provider/{issuer}"
    return _document("sts:AssumeRoleWithWebIdentity", {"Federated": provider}, condition)


def _document(action: object, principal: object, condition: Mapping[str, object] | None) -> dict[str, object]:
    statement: dict[str, object] = {"Effect": "Allow", "Principal": principal, "Action": action}
    if condition:
        statement["Condition"] = condition
    return {"Version": "2012-10-17", "Statement": [statement]}


def anywhere(anchor: str) -> dict[str, object]:
    """The trust policy for IAM Roles Anywhere: machines with a certificate of the trust anchor."""
    condition = {"ArnEquals": {"aws:SourceArn": anchor}}
    actions = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]
    return _document(actions, {"Service": "rolesanywhere.amazonaws.com"}, condition)
