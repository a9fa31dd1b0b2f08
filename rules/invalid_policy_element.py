from collections.abc import Iterator, Mapping
from functools import partial

from iamlint.rule import (
    POLICY_ELEMENTS,
    STATEMENT_ELEMENTS,
    Bad,
    Context,
    Good,
    Hit,
    Policy,
    PolicyRule,
    Severity,
    nearest,
    quote,
    renamed,
)


class InvalidPolicyElement(PolicyRule):
    """An element is not part of the policy language.

    ## Why it matters
    IAM refuses to save the policy. Names are case-sensitive: `effect` is not `Effect`.

    ## What to do instead
    Write the element that was meant, or take it out.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "INVALID_POLICY_ELEMENT"
    only_irregular = True
    tags = ("validity",)

    good = [
        Good(
            '{"Version":"2012-10-17","Id":"a","Statement":[{"Sid":"A","Effect":"Deny","NotAction":"*","NotResource":"*"}]}'
        ),
        Good(
            '{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Nonsense":{"aws:username":"x"}}}',
            why="operators have a check of their own",
        ),
    ]
    bad = [
        Bad(
            '{"Efect":«"Allow"»,"Action":"s3:GetObject","Resource":"*"}',
            rewritten='{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}',
            verdict="wider",
        ),
        Bad('{"version":«"2012-10-17"»,"Statement":[]}'),
        Bad('{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Comment":«{"by":"me"}»}'),
    ]

    def check(self, policy: Policy, ctx: Context) -> Iterator[Hit]:
        if isinstance(policy.value, dict):
            yield from self._unknown(policy.value, (), POLICY_ELEMENTS, "a policy")
        for statement in policy.statements:
            yield from self._unknown(statement.value, statement.path, STATEMENT_ELEMENTS, "a statement")

    def _unknown(
        self, value: Mapping[str, object], path: tuple[str | int, ...], known: tuple[str, ...], where: str
    ) -> Iterator[Hit]:
        for name in value:
            if name not in known:
                near = nearest(name, known)
                advice = f"did you mean {quote(near)}?" if near else f"known are {', '.join(known)}"
                yield self.finding(
                    (*path, name),
                    f"{quote(name)} is no element of {where}; {advice}",
                    rewrite=partial(renamed, value, (*path, name), near),
                )
