"""For each action that takes over what runs already: the last ARN field of a resource with a name that nobody chose.

Formats: Service Authorization Reference.
"""

from typing import Final

_NAME: Final = "a-name-that-nobody-chose"
_UUID: Final = "6f1c7c1e-0d5a-4c8e-9b57-2f4d1f6a9c3b"
_SAMPLES: Final = {
    "apprunner:updateservice": f"service/{_NAME}/{_UUID.replace('-', '')}",
    "bedrock-agentcore:startcodeinterpretersession": f"code-interpreter-custom/{_NAME}-a1B2c3D4e5",
    "bedrock-agentcore:invokecodeinterpreter": f"code-interpreter-custom/{_NAME}-a1B2c3D4e5",
    "cloudformation:updatestack": f"stack/{_NAME}/{_UUID}",
    "cloudformation:createchangeset": f"stack/{_NAME}/{_UUID}",
    "cloudformation:executechangeset": f"stack/{_NAME}/{_UUID}",
    "codebuild:startbuild": f"project/{_NAME}",
    "codebuild:startbuildbatch": f"project/{_NAME}",
    "ec2-instance-connect:sendsshpublickey": "instance/i-0f1e2d3c4b5a69788",
    "ec2:createlaunchtemplateversion": "launch-template/lt-0f1e2d3c4b5a69788",
    "ec2:modifylaunchtemplate": "launch-template/lt-0f1e2d3c4b5a69788",
    "ec2:modifyinstanceattribute": "instance/i-0f1e2d3c4b5a69788",
    "ec2:stopinstances": "instance/i-0f1e2d3c4b5a69788",
    "ec2:startinstances": "instance/i-0f1e2d3c4b5a69788",
    "ec2:describeinstances": "*",
    "ssm:sendcommand": "instance/i-0f1e2d3c4b5a69788",
    "ssm:startsession": "instance/i-0f1e2d3c4b5a69788",
    "ecs:executecommand": f"task/{_NAME}/{_UUID.replace('-', '')}",
    "ecs:describetasks": f"task/{_NAME}/{_UUID.replace('-', '')}",
    "glue:updatedevendpoint": f"devEndpoint/{_NAME}",
    "lambda:updatefunctioncode": f"function:{_NAME}",
    "lambda:invokefunction": f"function:{_NAME}",
    "lambda:addpermission": f"function:{_NAME}",
    "lambda:updatefunctionconfiguration": f"function:{_NAME}",
    "sagemaker:createpresignednotebookinstanceurl": f"notebook-instance/{_NAME}",
    "sagemaker:createnotebookinstancelifecycleconfig": f"notebook-instance-lifecycle-config/{_NAME}",
    "sagemaker:stopnotebookinstance": f"notebook-instance/{_NAME}",
    "sagemaker:updatenotebookinstance": f"notebook-instance/{_NAME}",
    "sagemaker:startnotebookinstance": f"notebook-instance/{_NAME}",
}


def sample(action: str) -> str:
    """The last field; `*` for an action that has no resource. Raises KeyError for an action of no such method."""
    return _SAMPLES[action.lower()]
