from collections.abc import Iterator
from functools import partial

from iamlint.rule import (
    Bad,
    Context,
    Good,
    Hit,
    Policy,
    PolicyRule,
    Severity,
    quote,
    righted,
    type_name,
    wrong_elements,
)


class DataTypeMismatch(PolicyRule):
    """An element holds a JSON value of the wrong type.

    ## Why it matters
    IAM refuses to save the policy.

    ## What to do instead
    Write the type that the message names. Numbers and booleans are allowed as condition values only.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "DATA_TYPE_MISMATCH"
    only_irregular = True
    tags = ("validity",)

    good = [
        Good(
            '{"Effect":"Allow","Action":["s3:GetObject"],"Resource":"*",'
            '"Condition":{"Bool":{"aws:SecureTransport":true},"NumericLessThan":{"s3:max-keys":[10]}}}',
            why="condition values may be booleans and numbers",
        ),
        Good('{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}'),
        Good(
            '{"Effect":"Allow","Principal":"111122223333","Action":"s3:GetObject","Resource":"*"}',
            kind="resource",
        ),
    ]
    bad = [
        Bad('{"Version":«20121017»,"Statement":[]}'),
        Bad('{"Version":"2012-10-17","Statement":«"none"»}'),
        Bad(
            '{"Effect":«["Allow"]»,"Action":"s3:GetObject","Resource":"*"}',
            rewritten='{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}',
            verdict="wider",
        ),
        Bad(
            '{"Effect":"Allow","Principal":{"AWS":«[111122223333, null]»},"Action":"s3:GetObject","Resource":"*"}',
            kind="resource",
            rewritten='{"Effect":"Allow","Principal":{"AWS":["111122223333"]},"Action":"s3:GetObject","Resource":"*"}',
            verdict="wider",
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":«[]»}',
            rewritten='{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}',
            verdict="equivalent",
        ),
        Bad('{"Effect":"Allow","Action":«["s3:GetObject",null]»,"Resource":«{"arn":"*"}»}'),
        Bad('{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:username":«{}»}}}'),
        Bad('{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":«"aws:username"»}}'),
        Bad('{"Effect":"Allow","Principal":{"AWS":«{"id":"1"}»},"Action":"s3:*","Resource":"*"}'),
    ]

    def check(self, policy: Policy, ctx: Context) -> Iterator[Hit]:
        for element, wrong in wrong_elements(policy):
            path, wanted, value = wrong[0]
            text = f"{type_name(value)}; write {wanted}"
            if path == element:
                what = f"{quote(path[-1])} holds" if path else "the document is"
                yield self.finding(element, f"{what} {text}", rewrite=partial(righted, policy, wrong))
                continue
            name = quote(element[-1])
            count = len(wrong)
            what = f"an entry of {name} is" if count == 1 else f"{count} entries of {name} are wrong, the first is"
            yield self.finding(
                element,
                f"{what} {text}",
                related=[(entry, "this entry") for entry, _, _ in wrong[:20]],
                rewrite=partial(righted, policy, wrong),
            )
