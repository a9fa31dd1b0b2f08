from collections.abc import Iterator
from functools import partial

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, nearest, quote, written

_EFFECTS = ("Allow", "Deny")


class InvalidEffect(StatementRule):
    """Effect is neither Allow nor Deny.

    ## Why it matters
    IAM refuses to save the policy. The value is case-sensitive.

    ## What to do instead
    Write `Allow` or `Deny`.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_effect.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "INVALID_EFFECT"
    elements = frozenset(("Effect",))
    only_irregular = True
    tags = ("validity",)

    good = [
        Good('{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}'),
        Good('{"Effect":"Deny","Action":"s3:GetObject","Resource":"*"}'),
        Good('{"Effect":true,"Action":"s3:GetObject","Resource":"*"}', why="a wrong type is another rule"),
    ]
    bad = [
        Bad(
            '{"Effect":«"allow"»,"Action":"s3:GetObject","Resource":"*"}',
            rewritten='{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}',
            verdict="wider",
        ),
        Bad('{"Effect":«"Allow "»,"Action":"s3:GetObject","Resource":"*"}'),
        Bad('{"Effect":«""»,"Action":"s3:GetObject","Resource":"*"}'),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        effect = statement.value["Effect"]
        if isinstance(effect, str) and effect not in _EFFECTS:
            near = nearest(effect.strip(), _EFFECTS)
            advice = f"did you mean {quote(near)}?" if near else "write Allow or Deny"
            path = statement.at("Effect")
            yield self.finding(path, f"{quote(effect)} is no effect; {advice}", rewrite=partial(written, path, near))
