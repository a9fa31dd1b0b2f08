from collections.abc import Iterator

from iamlint.rule import (
    VARIABLES,
    Bad,
    Context,
    Good,
    Hit,
    Severity,
    Statement,
    StatementRule,
    compared,
    has_loose,
    is_loose_user_id,
    masked,
    quote,
    subjects,
    widens,
)


class VariableUsageTooPermissive(StatementRule):
    """A policy variable leaves too much of a condition key open.

    ## Why it matters
    Whoever can set what the variable stands for, such as a tag, chooses who is let in.

    ## What to do instead
    In the subject of an identity provider's token let at least 6 plain characters stand right before a variable, better
    write the subject out. In `aws:userid` a variable stands right of the colon, or alone left of it.

    ## When it can be wrong
    AWS's page does not name the keys for which it counts the characters; they are counted in the subjects of identity
    providers where policies name principals. The page also speaks of sensitive keys, but AWS's validation accepts
    `"aws:ResourceAccount": "${aws:PrincipalAccount}"` and the like, so nothing is said of these.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "VARIABLE_USAGE_TOO_PERMISSIVE"
    elements = frozenset(("Condition",))
    condition_keys = frozenset(("aws:userid", ":sub"))
    only_variables = True
    tags = ("validity", "conditions", "variables")

    good = [
        Good(
            '{"Effect":"Allow","Principal":{"Federated":"token.actions.githubusercontent.com"},'
            '"Action":"sts:AssumeRoleWithWebIdentity",'
            '"Condition":{"StringEquals":{"token.actions.githubusercontent.com:sub":"repo:my-org/${aws:PrincipalTag/repo}"}}}',
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringEquals":{"aws:ResourceAccount":"${aws:PrincipalAccount}"}}}',
            why="accepted by AWS",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringLike":{"aws:userid":["AROAEXAMPLE:${aws:PrincipalTag/session}",'
            '"${aws:PrincipalTag/id}:*"]}}}',
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringLike":{"s3:prefix":"${aws:username}/*"}}}',
            why="an ordinary key",
        ),
        Good(
            '{"Effect":"Allow","Principal":{"Federated":"token.actions.githubusercontent.com"},'
            '"Action":"sts:AssumeRoleWithWebIdentity",'
            '"Condition":{"StringEquals":{"token.actions.githubusercontent.com:sub":"${*}"}}}',
            why="an escape is no variable",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Principal":{"Federated":"token.actions.githubusercontent.com"},'
            '"Action":"sts:AssumeRoleWithWebIdentity",'
            '"Condition":{"StringEquals":{"token.actions.githubusercontent.com:sub":«"repo:${aws:PrincipalTag/repo}"»}}}',
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringEquals":{"aws:userid":[«"${aws:PrincipalTag/id}"»,'
            '"AROAEXAMPLE:${aws:PrincipalTag/session}"]}}}',
        ),
        Bad(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringNotLike":{"AWS:UserId":«"AROA${aws:PrincipalTag/id}:*"»}}}',
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for condition, operator in compared(statement):
            if condition.key.lower() == "aws:userid" and widens(statement, operator):
                for item in condition.values:
                    if is_loose_user_id(masked(item, statement), VARIABLES):
                        advice = "let variables stand right of its colon or alone left of it"
                        yield self.finding(item, f"{quote(item)} leaves the id of the user or role open; {advice}")
        for condition, _ in subjects(statement):
            for item in condition.values:
                if has_loose(masked(item, statement), VARIABLES):
                    yield self.finding(
                        item,
                        f"fewer than 6 plain characters stand right before a variable in {quote(item)}; "
                        "write more of the subject before it, or all of it",
                    )
