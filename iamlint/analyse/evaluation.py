"""One request, answered as the AWS IAM User Guide's page "Policy evaluation logic" has it.

`request` says what is asked and answered, `principals` who asks, `matching` which statements the request meets, `steps`
what follows from them.
"""

from collections.abc import Sequence

from iamlint.analyse.matching import Question
from iamlint.analyse.principals import caller
from iamlint.analyse.request import (
    ALLOWED,
    CANNOT_TELL,
    EXPLICITLY_DENIED,
    IMPLICITLY_DENIED,
    Blocker,
    Decision,
    Policies,
    Request,
)
from iamlint.analyse.steps import decide
from iamlint.model import Policy

__all__ = [
    "ALLOWED",
    "CANNOT_TELL",
    "EXPLICITLY_DENIED",
    "IMPLICITLY_DENIED",
    "Blocker",
    "Decision",
    "Request",
    "evaluate",
]


def evaluate(
    request: Request,
    identity: Sequence[Policy] | None = (),
    boundary: Sequence[Policy] | None = None,
    *,
    scps: Sequence[Sequence[Policy]] | None = None,
    rcps: Sequence[Sequence[Policy]] | None = None,
    resource_policy: Policy | Sequence[Policy] | None = None,
    session: Policy | Sequence[Policy] | None = None,
    management_account: str | None = None,
) -> Decision:
    """What AWS answers to `request`.

    `identity` are all policies of the principal, those of a user's groups among them; `boundary` is its permissions
    boundary. `scps` are the service control policies of the principal's account and `rcps` the resource control
    policies of the resource's, level by level from the root of the organisation down; each level must allow, and an
    empty sequence of levels means an account outside of any organisation. `resource_policy` is the policy on the
    resource (the trust policy of a role to assume, the policy of a KMS key), `session` the session policy.

    None says that there may be such policies, which are not known: the answer then names what it takes for granted, or
    is `CannotTell` where only they could allow. An empty sequence says that there are none.

    A policy is read as what it is given for, whatever its own kind: a `Principal` counts only in `resource_policy` and
    `rcps`. Time is linear in the size of the policies, but for wildcards (see `iamlint.analyse.wildcards`).

    Raises ValueError where the action is not a full name of one action, or the principal none that IAM knows.
    """
    if request.action.count(":") != 1:
        raise ValueError("the action is not of the form `service:Name`")
    who = caller(request.principal)
    given = Policies(identity, boundary, scps, rcps, _several(resource_policy), _several(session), management_account)
    question = Question(request, who)
    decision = decide(question, given)
    if question.readings_differ:
        wider = decide(Question(request, who, across_colons=True), given)
        if wider.decision != decision.decision:
            note = (
                "wildcards in the first five fields of an ARN stop at the colon; "
                f"if they go on, the request is {wider.decision}"
            )
            return decision._replace(assumed=(*decision.assumed, note))
    return decision


def _several(policies: Policy | Sequence[Policy] | None) -> Sequence[Policy] | None:
    return (policies,) if isinstance(policies, Policy) else policies
