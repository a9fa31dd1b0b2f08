from collections.abc import Iterator
from functools import partial

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, taken_out


class EmptySidValue(StatementRule):
    """A Sid is an empty string.

    ## Why it matters
    It names nothing; the console leaves it behind.

    ## What to do instead
    Say in a few words what the statement is for, or take the element out.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.SUGGESTION
    aws = "EMPTY_SID_VALUE"
    elements = frozenset(("Sid",))
    only_irregular = True
    tags = ("validity",)

    good = [
        Good(
            '{"Statement":[{"Sid":"A","Effect":"Allow","Action":"s3:*","Resource":"*"}]}',
        ),
        Good('{"Effect":"Allow","Action":"s3:*","Resource":"*"}', why="none is fine"),
        Good(
            '{"Statement":[{"Sid":null,"Effect":"Allow","Action":"s3:*","Resource":"*"}]}',
            why="a wrong type is another rule",
        ),
    ]
    bad = [
        Bad(
            '{"Statement":[{"Sid":«""»,"Effect":"Allow","Action":"s3:*","Resource":"*"}]}',
            rewritten='{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}',
            verdict="equivalent",
        ),
        Bad(
            '{"Statement":[{"Sid":«""»,"Effect":"Allow","Action":"s3:*","Resource":"*"},'
            '{"Sid":«""»,"Effect":"Allow","Action":"s3:*","Resource":"*"}]}',
            kind="resource",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        if statement.value.get("Sid") == "":
            path = statement.at("Sid")
            message = "the Sid is empty; name the statement or take the element out"
            yield self.finding(path, message, rewrite=partial(taken_out, path))
