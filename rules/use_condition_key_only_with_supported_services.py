from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, listing, quote

_LIST = """
acm-pca apprunner applicationinsights athena cloudformation comprehendmedical compute-optimizer datasync discovery ebs
firehose healthlake iam iotfleetwise iotwireless kms lambda medical-imaging omics payment-cryptography polly rbin
rekognition s3 scheduler servicediscovery servicequotas storagegateway textract transcribe transfer
"""
_SERVICES = frozenset(_LIST.split())
"""From "AWS global condition context keys" (IAM User Guide), aws:VpceAccount."""


class UseConditionKeyOnlyWithSupportedServices(StatementRule):
    """A key of VPC endpoints is tested for services that do not supply it.

    ## Why it matters
    Requests to most services hold no `aws:VpceAccount`, `aws:VpceOrgID` or `aws:VpceOrgPaths`, though they come through
    a VPC endpoint. A Deny of everything from elsewhere then denies them all, and an Allow allows none.

    ## What to do instead
    Name the actions of services that supply the keys: `s3:*`. For others test `aws:SourceVpce`.

    ## When it can be wrong
    AWS adds services to its list, which is held here as of August 2025.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-vpceaccount
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.WARNING
    aws = "USE_CONDITION_KEY_ONLY_WITH_SUPPORTED_SERVICES"
    elements = frozenset(("Condition",))
    condition_keys = frozenset(("aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths"))
    tags = ("conditions", "networks")

    good = [
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringEquals":{"aws:VpceAccount":"111122223333"}}}',
        ),
        Good(
            '{"Effect":"Deny","Action":["s3:Get*","kms:*","IAM:GetRole"],"Resource":"*",'
            '"Condition":{"StringNotEqualsIfExists":{"aws:VpceOrgID":"o-a1b2c3d4e5"}}}',
        ),
        Good(
            '{"Effect":"Allow","Action":"*","Resource":"*",'
            '"Condition":{"StringEquals":{"aws:SourceVpce":"vpce-1a2b3c4d"}}}',
            why="every request through an endpoint holds it",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Deny","Action":"*","Resource":"*",'
            '"Condition":{"StringNotEquals":{«"aws:VpceOrgID"»:"o-a1b2c3d4e5"}}}',
        ),
        Bad(
            '{"Effect":"Allow","Action":["s3:*","ec2:RunInstances"],"Resource":"*",'
            '"Condition":{"StringEquals":{«"AWS:vpceAccount"»:"111122223333"}}}',
        ),
        Bad(
            '{"Effect":"Deny","NotAction":"s3:*","Resource":"*",'
            '"Condition":{"ForAnyValue:StringNotLike":{«"aws:VpceOrgPaths"»:"o-a1b2c3d4e5/*"}}}',
        ),
        Bad(
            '{"Effect":"Allow","Action":["iam:Get*","iam:PassRole"],"Resource":"*",'
            '"Condition":{"StringEquals":{«"aws:VpceAccount"»:"111122223333"}}}',
            why="AWS excepts this one",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        conditions = [condition for condition in statement.conditions if condition.key.lower() in self.condition_keys]
        if not conditions:
            return
        others = [item.text for item in statement.actions if not _supplies(item.text.lower())]
        if "NotAction" not in statement and not others:
            return
        what = listing(others) if others else "all that NotAction leaves"
        for condition in conditions:
            yield self.finding(
                condition,
                f"requests for {what} do not all hold {quote(condition.key)}; "
                "name only actions of services that supply it, or test `aws:SourceVpce`",
            )


def _supplies(action: str) -> bool:
    """True iff requests for all that the entry of Action (in lower case) matches hold the keys."""
    return action.partition(":")[0] in _SERVICES and action != "iam:passrole"
