from collections.abc import Iterator
from functools import partial

from iamlint.rule import (
    Bad,
    Context,
    Draft,
    Good,
    Hit,
    Item,
    Severity,
    Statement,
    StatementRule,
    entry_written,
    is_known_service_principal,
    parse_service_principal,
    plain_values,
    quote,
)

_CALLERS = ("aws:calledvia", "aws:calledviafirst", "aws:calledvialast")
_NAMES = ("aws:principalservicename", "aws:principalservicenameslist", "iam:awsservicename", "iam:passedtoservice")
_VIA = "kms:viaservice"


class InvalidServicePrincipalFormat(StatementRule):
    """A condition compares the name of a calling service with what is no such name.

    ## Why it matters
    The name is compared as a text. One that no service has matches no request: an Allow grants nothing, a Deny denies
    nothing, or everything.

    ## What to do instead
    Write the name of the service principal in lower case: `cloudformation.amazonaws.com`. For `aws:CalledVia` and its
    kin AWS's validation takes one label before the suffix, so no `application-signals.cloudwatch.amazonaws.com`;
    `kms:ViaService` holds the Region as well: `s3.eu-west-1.amazonaws.com`.

    ## When it can be wrong
    Suffixes of AWS's isolated partitions are taken as they are; whether AWS's validation does so is not documented.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-calledvia
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
    - https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "INVALID_SERVICE_PRINCIPAL_FORMAT"
    elements = frozenset(("Condition",))
    condition_keys = frozenset((*_CALLERS, *_NAMES, _VIA))
    tags = ("validity", "conditions")

    good = [
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"ForAnyValue:StringEquals":{"aws:CalledVia":["cloudformation.amazonaws.com",'
            '"ec2-images.amazonaws.com"]}}}',
        ),
        Good(
            '{"Effect":"Allow","Action":"iam:PassRole","Resource":"*",'
            '"Condition":{"StringEquals":{"iam:PassedToService":"malware-protection.guardduty.amazonaws.com"}}}',
            why="some names have several labels",
        ),
        Good(
            '{"Effect":"Allow","Action":"iam:PassRole","Resource":"*",'
            '"Condition":{"StringLike":{"iam:PassedToService":["ec2.amazonaws.com.cn","ec2.*"]}}}',
        ),
        Good(
            '{"Effect":"Allow","Action":"iam:CreateServiceLinkedRole","Resource":"*",'
            '"Condition":{"StringEquals":{"iam:AWSServiceName":"s3.data-source.lustre.fsx.amazonaws.com"}}}',
        ),
        Good(
            '{"Effect":"Allow","Action":"kms:Decrypt","Resource":"*",'
            '"Condition":{"StringEquals":{"kms:ViaService":"s3.eu-west-1.amazonaws.com"}}}',
        ),
        Good(
            '{"Effect":"Allow","Action":"organizations:*","Resource":"*",'
            '"Condition":{"StringEquals":{"organizations:ServicePrincipal":"S3"}}}',
            why="another key",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringEquals":{"aws:CalledViaFirst":"${aws:PrincipalTag/service}"}}}',
            why="a variable",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"ForAnyValue:StringEquals":{"aws:CalledVia":[«"S3.amazonaws.com"»,'
            '"athena.amazonaws.com"]}}}',
            rewritten='{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"ForAnyValue:StringEquals":{"aws:CalledVia":["s3.amazonaws.com","athena.amazonaws.com"]}}}',
            verdict="incomparable",
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"ForAnyValue:StringEquals":{"aws:CalledVia":[«"application-signals.cloudwatch.amazonaws.com"»]}}}',
            why="two labels",
        ),
        Bad(
            '{"Effect":"Allow","Action":"iam:PassRole","Resource":"*",'
            '"Condition":{"StringEqualsIfExists":{"IAM:PassedToService":«"ec2"»}}}',
        ),
        Bad(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringNotEquals":{"aws:PrincipalServiceName":[«"logging.s3.amazonaws.org"»,'
            '"delivery.logs.amazonaws.com"]}}}',
        ),
        Bad(
            '{"Effect":"Allow","Action":"kms:Decrypt","Resource":"*",'
            '"Condition":{"StringEquals":{"kms:ViaService":«"s3.amazonaws.com"»}}}',
            why="no Region",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for condition, item, text in plain_values(statement, self.condition_keys):
            key = condition.key.lower()
            name = parse_service_principal(text)
            if name is None:
                form = "s3.eu-west-1.amazonaws.com" if key == _VIA else "s3.amazonaws.com"
            elif key in _CALLERS and len(name.labels) > 1:
                form = f"{name.labels[-1]}.{name.suffix}"
            elif key == _VIA and name.region is None and len(name.labels) == 1:
                form = f"{name.service}.eu-west-1.{name.suffix}"
            else:
                continue
            yield self.finding(
                item,
                f"{quote(item)} is not of the form that names of services have in {quote(condition.key)}; "
                f"write it like {quote(form)}, all in lower case",
                rewrite=partial(_rewrite, statement, item, key, ctx),
            )


def _rewrite(statement: Statement, item: Item, key: str, ctx: Context) -> Draft | None:
    """The name in lower case, with the end that all have; a Region only where the configuration knows just one."""
    text = item.text.strip().lower()
    if "." not in text:
        text += ".amazonaws.com"
    name = parse_service_principal(text)
    if name is None or not is_known_service_principal(name, ctx.catalogue):
        return None
    if key in _CALLERS and len(name.labels) > 1:
        return None
    if key == _VIA and name.region is None:
        regions = ctx.environment.regions
        if len(regions) != 1 or len(name.labels) > 1:
            return None
        text = f"{name.service}.{regions[0]}.{name.suffix}"
    return entry_written(statement.policy, item.path, text)
