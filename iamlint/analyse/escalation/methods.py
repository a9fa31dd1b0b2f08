"""The ways to more rights: which actions together, on what.

Each method is a set of actions that were published as enough. Sources: pathfinding.cloud (Datadog), "AWS IAM Privilege
Escalation Methods" (Rhino Security Labs), cloudsplaining, Prowler and PMapper; what a service does with a role that it
is passed: the service's own guide, under "service role" or "execution role".
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from iamlint.record import NamedTuple

SELF: Final = "self"
"""Gives oneself rights."""
BECOME: Final = "become"
"""Takes on another principal."""
NEW: Final = "new-passrole"
"""Starts something new with a role that is passed to it."""
EXISTING: Final = "existing-passrole"
"""Takes over something that already runs with a role."""

PASS_ROLE: Final = "iam:PassRole"


class Method(NamedTuple):
    """A set of actions that leads to more rights.

    `service` is the one that the role must trust, for the two kinds with a role. `waits_for` says what a method needs
    that its actions do not make: then it may not work.
    """

    kind: str
    actions: tuple[str, ...]
    service: str | None = None
    waits_for: str | None = None

    @property
    def id(self) -> str:
        """The actions, joined by `+`."""
        return "+".join(self.actions)


_SELF: Final = (
    "iam:AddUserToGroup",
    "iam:AttachGroupPolicy",
    "iam:AttachRolePolicy",
    "iam:AttachUserPolicy",
    "iam:CreatePolicyVersion",
    "iam:PutGroupPolicy",
    "iam:PutRolePolicy",
    "iam:PutUserPolicy",
    "iam:SetDefaultPolicyVersion",
)
_BECOME: Final = (
    "iam:CreateRole iam:AttachRolePolicy",
    "iam:AttachRolePolicy iam:UpdateAssumeRolePolicy",
    "iam:AttachRolePolicy sts:AssumeRole",
    "iam:AttachUserPolicy iam:CreateAccessKey",
    "iam:CreateAccessKey",
    "iam:CreateAccessKey iam:DeleteAccessKey",
    "iam:PutUserPolicy iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:CreatePolicyVersion iam:UpdateAssumeRolePolicy",
    "iam:CreatePolicyVersion sts:AssumeRole",
    "iam:CreateRole iam:PutRolePolicy",
    "iam:PutRolePolicy iam:UpdateAssumeRolePolicy",
    "iam:PutRolePolicy sts:AssumeRole",
    "iam:UpdateAssumeRolePolicy",
    "sts:AssumeRole iam:UpdateAssumeRolePolicy",
    "iam:UpdateLoginProfile",
    "sts:AssumeRole",
)
# service that is trusted → sets of actions beside iam:PassRole, and what a set still waits for
_NEW: Final[dict[str, tuple[tuple[str, str | None], ...]]] = {
    "tasks.apprunner.amazonaws.com": (("apprunner:CreateService", None),),
    "ec2.amazonaws.com": (
        ("autoscaling:CreateAutoScalingGroup autoscaling:CreateLaunchConfiguration", None),
        ("autoscaling:UpdateAutoScalingGroup autoscaling:CreateLaunchConfiguration", "an Auto Scaling group"),
        ("autoscaling:CreateAutoScalingGroup", "a launch configuration or template of the caller's choice"),
        ("ec2:RunInstances", None),
        ("ec2:RunInstances ec2:AssociateIamInstanceProfile", None),
        ("ec2:RequestSpotInstances", None),
    ),
    "ecs-tasks.amazonaws.com": (
        ("batch:RegisterJobDefinition batch:SubmitJob", "a job queue"),
        ("ecs:CreateCluster ecs:RegisterTaskDefinition ecs:CreateService", None),
        ("ecs:CreateCluster ecs:RegisterTaskDefinition ecs:RunTask", None),
        ("ecs:RegisterTaskDefinition ecs:CreateService", None),
        ("ecs:RegisterTaskDefinition ecs:RunTask", None),
        ("ecs:RegisterTaskDefinition ecs:StartTask", None),
        ("ecs:StartTask ecs:RegisterContainerInstance ecs:DeregisterContainerInstance", "a task definition"),
        ("ecs:RunTask", "a task definition whose command can be overridden"),
    ),
    "bedrock-agentcore.amazonaws.com": (
        (
            "bedrock-agentcore:CreateCodeInterpreter bedrock-agentcore:StartCodeInterpreterSession "
            "bedrock-agentcore:InvokeCodeInterpreter",
            None,
        ),
        ("bedrock-agentcore:CreateCodeInterpreter bedrock-agentcore:InvokeCodeInterpreter", "a session"),
    ),
    "cloudformation.amazonaws.com": (
        ("cloudformation:CreateStack", None),
        ("cloudformation:CreateStackSet cloudformation:CreateStackInstances", None),
        ("cloudformation:UpdateStack", "a stack"),
        ("cloudformation:UpdateStackSet", "a stack set"),
    ),
    "codebuild.amazonaws.com": (
        ("codebuild:CreateProject codebuild:StartBuild", None),
        ("codebuild:CreateProject codebuild:StartBuildBatch", None),
        ("codebuild:UpdateProject codebuild:StartBuild", "a build project"),
    ),
    "codestar.amazonaws.com": (("codestar:CreateProject", "CodeStar, which takes no new projects"),),
    "datapipeline.amazonaws.com": (
        ("datapipeline:CreatePipeline datapipeline:PutPipelineDefinition datapipeline:ActivatePipeline", None),
        ("datapipeline:CreatePipeline", "a definition for the pipeline"),
    ),
    "lambda.amazonaws.com": (
        ("lambda:CreateFunction lambda:InvokeFunction", None),
        ("lambda:CreateFunction lambda:AddPermission", None),
        ("lambda:CreateFunction lambda:CreateEventSourceMapping", None),
        ("lambda:CreateFunction lambda:CreateEventSourceMapping dynamodb:CreateTable dynamodb:PutItem", None),
        ("lambda:UpdateFunctionCode lambda:UpdateFunctionConfiguration", "a function"),
        ("lambda:CreateFunction", "something that calls the function"),
    ),
    "glue.amazonaws.com": (
        ("glue:CreateDevEndpoint", None),
        ("glue:CreateJob glue:CreateTrigger", None),
        ("glue:CreateJob glue:StartJobRun", None),
        ("glue:UpdateJob glue:CreateTrigger", "a job"),
        ("glue:UpdateJob glue:StartJobRun", "a job"),
    ),
    "sagemaker.amazonaws.com": (
        ("sagemaker:CreateNotebookInstance", None),
        ("sagemaker:CreateProcessingJob", None),
        ("sagemaker:CreateTrainingJob", None),
    ),
}
_EXISTING: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    ("tasks.apprunner.amazonaws.com", "a service of App Runner"): ("apprunner:UpdateService",),
    ("bedrock-agentcore.amazonaws.com", "a code interpreter"): (
        "bedrock-agentcore:StartCodeInterpreterSession bedrock-agentcore:InvokeCodeInterpreter",
    ),
    ("cloudformation.amazonaws.com", "a stack"): (
        "cloudformation:UpdateStack",
        "cloudformation:CreateChangeSet cloudformation:ExecuteChangeSet",
    ),
    ("codebuild.amazonaws.com", "a build project"): ("codebuild:StartBuild", "codebuild:StartBuildBatch"),
    ("ec2.amazonaws.com", "an instance"): (
        "ec2-instance-connect:SendSSHPublicKey ec2:DescribeInstances",
        "ec2:ModifyInstanceAttribute ec2:StopInstances ec2:StartInstances",
        "ssm:SendCommand",
        "ssm:StartSession",
    ),
    ("ec2.amazonaws.com", "a launch template in use"): ("ec2:CreateLaunchTemplateVersion ec2:ModifyLaunchTemplate",),
    ("ecs-tasks.amazonaws.com", "a task with ECS Exec"): ("ecs:ExecuteCommand ecs:DescribeTasks",),
    ("glue.amazonaws.com", "a development endpoint"): ("glue:UpdateDevEndpoint",),
    ("lambda.amazonaws.com", "a function"): (
        "lambda:UpdateFunctionCode lambda:InvokeFunction",
        "lambda:UpdateFunctionCode lambda:AddPermission",
        "lambda:UpdateFunctionCode",
        "lambda:UpdateFunctionConfiguration",
    ),
    ("sagemaker.amazonaws.com", "a notebook instance"): (
        "sagemaker:CreatePresignedNotebookInstanceUrl",
        "sagemaker:CreateNotebookInstanceLifecycleConfig sagemaker:StopNotebookInstance "
        "sagemaker:UpdateNotebookInstance sagemaker:StartNotebookInstance",
    ),
}


def _methods() -> Iterator[Method]:
    for action in _SELF:
        yield Method(SELF, (action,))
    for actions in _BECOME:
        yield Method(BECOME, tuple(actions.split()))
    for service, sets in _NEW.items():
        for actions, waits_for in sets:
            yield Method(NEW, (PASS_ROLE, *actions.split()), service, waits_for)
    for (service, what), sets_ in _EXISTING.items():
        for actions in sets_:
            yield Method(EXISTING, tuple(actions.split()), service, f"{what} that runs with the role")


METHODS: Final = tuple(_methods())
"""All of them. Of one service those stand first that wait for nothing."""

WITH_ROLES: Final = tuple(method for method in METHODS if method.kind in (NEW, EXISTING))

GUARDS: Final = (
    "iam:DeleteUserPermissionsBoundary",
    "iam:PutUserPermissionsBoundary",
    "iam:DeleteRolePermissionsBoundary",
    "iam:PutRolePermissionsBoundary",
)
"""What takes off the limit that a permissions boundary is."""

SHEDDING: Final = (
    "iam:DeleteUserPolicy",
    "iam:DetachUserPolicy",
    "iam:DeleteRolePolicy",
    "iam:DetachRolePolicy",
)
"""What takes off policies, and the Denies in them."""

ANYTHING: Final = "an-unlisted-service:AnyAction"
"""Stands for every action of which nobody has thought: who may do it was granted everything."""

ADMINISTRATION: Final = (
    ANYTHING,
    PASS_ROLE,
    "iam:AttachRolePolicy",
    "iam:AttachUserPolicy",
    "iam:CreateAccessKey",
    "iam:CreatePolicyVersion",
    "iam:PutRolePolicy",
    "iam:PutUserPolicy",
    "iam:UpdateAssumeRolePolicy",
    "sts:AssumeRole",
)
"""What an administrator may do, on whatever resource."""

ACTIONS: Final = tuple(
    dict.fromkeys(a.lower() for a in (*(a for m in METHODS for a in m.actions), *GUARDS, *SHEDDING, *ADMINISTRATION))
)
"""Every action that is asked about, in lower case."""

_GIVING: Final = frozenset(
    action.lower() for method in METHODS if method.kind in (SELF, BECOME) for action in method.actions
).union(map(str.lower, GUARDS)) - {"iam:deleteaccesskey", "iam:createrole"}
_WITH_ROLES: Final = tuple(frozenset(map(str.lower, method.actions)) for method in WITH_ROLES)


@lru_cache(maxsize=4096)
def leads_on(actions: frozenset[str]) -> bool:
    """True iff these actions, in lower case, make some method, or a part of one that acts on users and roles."""
    return not actions.isdisjoint(_GIVING) or any(needed <= actions for needed in _WITH_ROLES)
