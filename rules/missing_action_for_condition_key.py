from collections.abc import Iterator

from iamlint.rule import (
    Bad,
    Context,
    Good,
    Hit,
    Severity,
    Statement,
    StatementRule,
    action_meets,
    quote,
    statement_matches_action,
)

_SETTING = {"sts:sourceidentity": "sts:SetSourceIdentity", "sts:transitivetagkeys": "sts:TagSession"}


class MissingActionForConditionKey(StatementRule):
    """A condition is about values that only another action sets, and that action is not named.

    ## Why it matters
    `sts:SourceIdentity` is in a request only if it sets a source identity, which takes `sts:SetSourceIdentity`. Whoever
    sets one is refused.

    ## What to do instead
    Name the action beside the one that assumes the role.

    ## When it can be wrong
    AWS documents this check but not its pairs of keys and actions; these two follow from the keys' documentation.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "MISSING_ACTION_FOR_CONDITION_KEY"
    preview = True
    effect = "Allow"
    elements = frozenset(("Action",))
    services = frozenset(("sts",))
    condition_keys = frozenset(_SETTING)
    tags = ("validity", "conditions")

    good = [
        Good(
            '{"Effect":"Allow","Action":["sts:AssumeRole","sts:SetSourceIdentity"],"Resource":"*",'
            '"Condition":{"StringLike":{"sts:SourceIdentity":"a*"}}}',
        ),
        Good(
            '{"Effect":"Allow","Action":"sts:*","Resource":"*","Condition":{"StringLike":{"sts:SourceIdentity":"a*"}}}',
        ),
        Good(
            '{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*",'
            '"Condition":{"StringLike":{"aws:SourceIdentity":"a*"}}}',
            why="one that was set before",
        ),
        Good(
            '{"Effect":"Deny","Action":"sts:AssumeRole","Resource":"*",'
            '"Condition":{"StringLike":{"sts:SourceIdentity":"a*"}}}',
            why="a Deny",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*",'
            '"Condition":{"StringLike":{«"sts:SourceIdentity"»:"a*"}}}',
        ),
        Bad(
            '{"Effect":"Allow","Action":["sts:AssumeRole","sts:SetSourceIdentity"],"Resource":"*",'
            '"Condition":{"ForAllValues:StringEquals":{«"STS:TransitiveTagKeys"»:["a"]}}}',
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        if not any(action_meets(item.text, "sts:AssumeRole*") for item in statement.actions):
            return
        lacking = {key: action for key, action in _SETTING.items() if not statement_matches_action(statement, action)}
        for condition in statement.conditions:
            action = lacking.get(condition.key.lower())
            if action:
                yield self.finding(
                    condition, f"only with {quote(action)} can a request set {quote(condition.key)}; add it to Action"
                )
