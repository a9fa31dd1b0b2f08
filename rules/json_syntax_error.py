from collections.abc import Iterator

from iamlint.rule import Bad, Context, Document, Good, Hit, Place, Severity, TextRule


class JsonSyntaxError(TextRule):
    """The text is not JSON.

    ## Why it matters
    Nothing in the file can be checked, and AWS refuses the policy.

    ## What to do instead
    Mend the text at the place that is marked: it is where a reader of JSON must stop. The mistake itself may stand a
    little before it.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    - https://www.rfc-editor.org/rfc/rfc8259
    """

    severity = Severity.ERROR
    aws = "JSON_SYNTAX_ERROR"
    only_unreadable = True
    tags = ("validity",)
    unsuppressible = True

    good = [
        Good('{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}'),
        Good('{"Effect":"Allow","Action":"s3:Get\\u004fbject","Resource":"*"}', why="escapes are JSON"),
    ]
    bad = [
        Bad('{"Effect":"Allow"«,»}'),
        Bad('{"Effect":«A»llow,"Action":"s3:GetObject","Resource":"*"}'),
        Bad('{"Effect":"Allow","Action":"s3:GetObject"« »"Resource":"*"}'),
    ]

    def check(self, document: Document, ctx: Context) -> Iterator[Hit]:
        if document.problem is not None:
            yield self.finding(Place(()), f"not JSON: {document.problem.message}")
