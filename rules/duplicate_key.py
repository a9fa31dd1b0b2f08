from collections.abc import Iterator

from iamlint.rule import Bad, Context, Document, Good, Hit, Place, Severity, TextRule, quote


class DuplicateKey(TextRule):
    """An object holds the same key twice.

    ## Why it matters
    Readers of JSON keep the last of the two and drop the other without a word: a Deny above, an Allow below, and the
    Deny is gone. IAM refuses such a policy.

    ## What to do instead
    Merge the two into one, or give each a statement of its own.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
    """

    severity = Severity.ERROR
    tags = ("validity",)

    good = [
        Good('{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}'),
        Good(
            '{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"aws:username":"a"},'
            '"StringLike":{"aws:username":"a*"}}}',
            why="in two objects",
        ),
        Good('{"Effect":"Allow","effect":"Deny","Action":"*","Resource":"*"}', why="case makes two names"),
    ]
    bad = [
        Bad('{"Effect":"Deny","Action":"*","Resource":"*",«"Effect"»:"Allow"}'),
        Bad(
            '{"Effect":"Deny","Action":"*","Resource":"*",«"\\u0045ffect"»:"Allow"}',
            why="escaped, still the same",
        ),
        Bad('{"Version":"2012-10-17","Statement":[],«"Statement"»:[{"Effect":"Deny","Action":"*","Resource":"*"}]}'),
    ]

    def check(self, document: Document, ctx: Context) -> Iterator[Hit]:
        for duplicate in document.duplicates():
            first = Place(duplicate.path, "key", occurrence=0)
            again = Place(duplicate.path, "key", occurrence=duplicate.occurrence)
            message = f"{quote(duplicate.name)} stands in this object before, and only the last one counts; keep one"
            yield self.finding(again, message, related=[(first, "the first one")])
