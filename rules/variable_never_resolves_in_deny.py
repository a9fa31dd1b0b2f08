from collections.abc import Iterator

from iamlint.rule import (
    Bad,
    Context,
    Good,
    Hit,
    Item,
    Path,
    Severity,
    Statement,
    StatementRule,
    key_fault,
    parse_operator,
    quote,
    variables_read,
)

_NO_KEY = ("global", "tag")
_LACKING = {
    "aws:federatedprovider": "callers whom no identity provider signed in",
    "aws:sourceidentity": "callers without a source identity",
    "aws:username": "roles and federated users",
    "ec2:sourceinstancearn": "callers that are no EC2 instance",
    "lambda:sourcefunctionarn": "callers that are no Lambda function",
}
"""Key → who never has it. Source: "AWS global condition context keys" (IAM User Guide)."""
_CALLERS = ("aws:principalarn", "aws:principaltype")


class VariableNeverResolvesInDeny(StatementRule):
    """A Deny depends on a policy variable that may have no value, and then does not deny.

    ## Why it matters
    A variable without a value and without a default matches nothing. A Deny with it in a resource, or in a positive
    condition, does not deny then. Roles have no `aws:username`, principals without the tag no `aws:PrincipalTag/team`.

    ## What to do instead
    Give a default: `NotResource` with `${aws:username, '-'}` denies roles everything. Or deny such callers in a
    statement of their own, by `aws:PrincipalType` or `Null`. Where no request holds the key, look for its right name.

    ## When it can be wrong
    The level is `limited` where the key is missing only for some callers: the policy may be meant for the others alone.
    Where a condition tests the key itself, or who calls, nothing is said.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """

    severity = Severity.SECURITY_WARNING
    security_severity = 5.5
    levels = {"full": Severity.SECURITY_WARNING, "limited": Severity.SUGGESTION}
    effect = "Deny"
    only_variables = True
    tags = ("security", "variables")

    good = [
        Good(
            '{"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam::*:user/${aws:username}"}',
            why="an Allow without a value allows nothing",
        ),
        Good(
            '{"Effect":"Deny","Action":"iam:*","NotResource":"arn:aws:iam::*:user/${aws:username, \'-\'}"}',
            why="a default",
        ),
        Good(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringNotEquals":{"aws:ResourceTag/team":"${aws:PrincipalTag/team}"}}}',
            why="a negated condition holds then",
        ),
        Good(
            '{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:PrincipalTag/team}/*",'
            '"Condition":{"Null":{"aws:PrincipalTag/team":"false"}}}',
            why="only for those who have the tag",
        ),
        Good(
            '{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:PrincipalAccount}/*"}',
            why="every request holds it",
        ),
        Good(
            '{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::b/${iot:ClientId}/*"}',
            why="keys of services are not judged",
        ),
        Good(
            '{"Effect":"Deny","Principal":{"AWS":"arn:aws:iam::111122223333:user/a"},"Action":"s3:*",'
            '"Resource":"arn:aws:s3:::b/${aws:username}/*"}',
            why="all of them are users",
        ),
    ]
    bad = [
        Bad('{"Effect":"Deny","Action":"s3:*","Resource":«"arn:aws:s3:::b/${aws:user}/*"»}'),
        Bad(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringEquals":{"aws:ResourceTag/owner":["root",«"${username}"»]}}}',
            why="keys have a prefix",
        ),
        Bad(
            '{"Effect":"Deny","Action":"iam:*","NotResource":«"arn:aws:iam::*:user/${aws:username}"»}',
            why="roles are not denied",
            level="limited",
        ),
        Bad(
            '{"Effect":"Deny","Action":"s3:*",'
            '"Resource":["arn:aws:s3:::c",«"arn:aws:s3:::b/${aws:PrincipalTag/team}/*"»]}',
            level="limited",
        ),
        Bad(
            '{"Effect":"Deny","Action":"sns:*","Resource":"*",'
            '"Condition":{"ArnLike":{"aws:SourceArn":«"arn:aws:sns:*:*:${aws:SourceIdentity}"»}}}',
            level="limited",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        tested = {condition.key.lower() for condition in statement.conditions}
        inert = {item.path for item in _met_without_value(statement)}
        only_users = bool(statement.principals) and all(":user/" in each.text for each in statement.principals)
        reported: set[Path] = set()
        for item, variable in variables_read(statement):
            if variable.default is not None or item.path in inert or item.path in reported:
                continue
            key = variable.key.lower()
            if ":" not in key or (key.startswith("aws:") and key_fault(key, ctx) in _NO_KEY):
                reported.add(item.path)
                yield self.finding(
                    item,
                    f"no request holds {quote(variable.key)}, so {quote(variable.text)} never has a value and this "
                    "denies nothing; name the key that is meant",
                )
            elif (
                (who := _who_lack(key)) and not tested & {key, *_CALLERS} and not (only_users and key == "aws:username")
            ):
                reported.add(item.path)
                yield self.finding(
                    item,
                    f"{who} have no {quote(variable.key)}, so {quote(variable.text)} has no value for them and "
                    "this does not deny them; give a default or deny them in a statement of their own",
                    level="limited",
                )


def _met_without_value(statement: Statement) -> Iterator[Item]:
    """The values of conditions that hold where the value's variable stands for nothing."""
    for condition in statement.conditions:
        operator = parse_operator(condition.operator)
        if operator is None or operator.negated or operator.holds_without_key:
            yield from condition.values


def _who_lack(key: str) -> str:
    """Who never has the key (in lower case), in words; "" where nobody, or nobody knows."""
    if key.startswith("aws:principaltag/"):
        return "principals without the tag"
    if key.startswith("saml:") or "." in key.partition(":")[0]:
        return "callers whom this identity provider did not sign in"
    return _LACKING.get(key, "")
