from collections.abc import Iterator

from iamlint.rule import (
    SENSITIVE_KEYS,
    WILDCARDS,
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
    is_pattern,
    masked,
    quote,
    subjects,
    widens,
)


class WildcardUsageTooPermissive(StatementRule):
    """A wildcard leaves too much of a condition key open.

    ## Why it matters
    `repo:*` as the subject of GitHub's tokens lets every repository of GitHub assume the role. Keys that say which
    organization, account or network a request belongs to are AWS's sensitive keys: a pattern for them also matches what
    belongs to others.

    ## What to do instead
    Write sensitive keys out. In the subject of a token let at least 6 plain characters stand right before each
    wildcard: `repo:my-org/*`. In `aws:userid` a wildcard stands right of the colon: `AROAEXAMPLE:*`.

    ## When it can be wrong
    AWS's page does not name the keys for which it counts the characters; they are counted in the subjects of identity
    providers where policies name principals. `?` is counted like `*`.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "WILDCARD_USAGE_TOO_PERMISSIVE"
    elements = frozenset(("Condition",))
    operators = frozenset(("stringlike", "stringnotlike"))
    condition_keys = frozenset((*SENSITIVE_KEYS, "aws:userid", ":sub"))
    tags = ("validity", "conditions")

    good = [
        Good(
            '{"Effect":"Allow","Principal":{"Federated":"token.actions.githubusercontent.com"},'
            '"Action":"sts:AssumeRoleWithWebIdentity",'
            '"Condition":{"StringLike":{"token.actions.githubusercontent.com:sub":"repo:my-org/*"}}}',
        ),
        Good(
            '{"Effect":"Allow","Principal":{"Federated":"token.actions.githubusercontent.com"},'
            '"Action":"sts:AssumeRoleWithWebIdentity",'
            '"Condition":{"StringLike":{"token.actions.githubusercontent.com:sub":"repo:my-org@*/apps@*"}}}',
            why="6 characters between the two",
        ),
        Good(
            '{"Effect":"Allow","Principal":{"Federated":"token.actions.githubusercontent.com"},'
            '"Action":"sts:AssumeRoleWithWebIdentity",'
            '"Condition":{"StringEquals":{"token.actions.githubusercontent.com:sub":"repo:*"}}}',
            why="no pattern: another rule",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringLike":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}}',
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringLike":{"aws:userid":["AROAEXAMPLE:*","*:*"]}}}',
            why="right of the colon, or alone left of it",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringLike":{"aws:PrincipalTag/team":"a*"}}}',
            why="an ordinary key",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringNotLike":{"aws:userid":"AIDA*"}}}',
            why="lets in less",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringLike":{"accounts.google.com:sub":"1*"}}}',
            why="a policy of the caller",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Principal":{"Federated":"token.actions.githubusercontent.com"},'
            '"Action":"sts:AssumeRoleWithWebIdentity",'
            '"Condition":{"StringLike":{"token.actions.githubusercontent.com:sub":«"repo:*"»}}}',
        ),
        Bad(
            '{"Effect":"Allow","Principal":{"Federated":"token.actions.githubusercontent.com"},'
            '"Action":"sts:AssumeRoleWithWebIdentity",'
            '"Condition":{"ForAnyValue:StringLike":{"token.actions.githubusercontent.com:sub":["repo:my-org/*",'
            '«"repo:my-org@*/app@*"»]}}}',
            why="5 characters between the two",
        ),
        Bad(
            '{"Effect":"Deny","Principal":{"Federated":"accounts.google.com"},'
            '"Action":"sts:AssumeRoleWithWebIdentity",'
            '"Condition":{"StringNotLike":{"accounts.google.com:sub":«"1?"»}}}',
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringLike":{"aws:PrincipalOrgID":«"o-*"»}}}',
        ),
        Bad(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringNotLikeIfExists":{"AWS:SourceVpc":["vpc-1a2b3c4d",«"vpc-?a2b3c4d"»]}}}',
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringLike":{"aws:userid":[«"AROA*:me"»,«"*"»,"AROAEXAMPLE:me*"]}}}',
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for condition, operator in compared(statement):
            key, widening = condition.key.lower(), widens(statement, operator)
            if is_pattern(operator) and (key in SENSITIVE_KEYS or (key == "aws:userid" and widening)):
                for item in condition.values:
                    text = masked(item, statement)
                    if key != "aws:userid" and ("*" in text or "?" in text):
                        advice = "may belong to others too; write the values out"
                        yield self.finding(item, f"what {quote(item)} matches for {quote(condition.key)} {advice}")
                    elif key == "aws:userid" and is_loose_user_id(text, WILDCARDS):
                        advice = "let wildcards stand right of its colon or alone left of it"
                        yield self.finding(item, f"{quote(item)} leaves the id of the user or role open; {advice}")
        for condition, operator in subjects(statement):
            for item in condition.values:
                if is_pattern(operator) and has_loose(masked(item, statement), WILDCARDS):
                    yield self.finding(
                        item,
                        f"fewer than 6 plain characters stand right before a wildcard in {quote(item)}, so subjects "
                        "of others match; write more of the subject before it",
                    )
