from collections.abc import Iterator
from functools import partial

from iamlint.rule import Bad, Context, ExceptionRule, ExceptionUse, Good, Hit, Severity, quote, sid_given

_TEXT = (
    '{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":"s3:GetObject","Resource":'
    '"arn:aws:s3:::reports/*"},%s"Effect":"Allow","Action":"*","Resource":"*"}%s]}'
)


def _exception(place: str, pin: str = "") -> str:
    return f'[[exceptions]]\nrule = "wildcard-action"\npath = "admin.json"\n{place}\nreason = "break glass"\n{pin}'


class ExceptionByNumber(ExceptionRule):
    """An exception of the configuration knows a statement by its number alone.

    ## Why it matters
    A statement that is added or removed before it moves the number: the exception then covers what another statement
    does, which nobody has accepted.

    ## What to do instead
    Give the statement a Sid, and write `sid` in the exception instead of `statement`. Or add a `pin`: the exception
    then lapses where its statement comes to mean something else.

    ## When it can be wrong
    It is told only of an exception that covers findings in one statement, in a file that is no export of an account.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html
    """

    severity = Severity.SUGGESTION
    tags = ("configuration",)

    good = [
        Good(_exception('sid = "All"'), files={"admin.json": _TEXT % ('{"Sid":"All",', "")}, whole=True),
        Good(
            _exception("statement = 1", 'pin = "5e321a3b39c86d2f4ccef56a6c666825"\n'),
            why="with a pin it lapses",
            files={"admin.json": _TEXT % ("{", "")},
            whole=True,
        ),
    ]
    bad = [
        Bad(_exception("statement = 1"), files={"admin.json": _TEXT % ("«{", "»")}, whole=True),
        Bad(
            _exception("«statement = 1»"),
            why="it has a Sid",
            files={"admin.json": _TEXT % ('{"Sid":"All",', "")},
            whole=True,
        ),
    ]

    def check(self, exception: ExceptionUse, ctx: Context) -> Iterator[Hit]:
        if exception.numbered is None:
            return
        statement, spot = exception.numbered
        others = [other.sid for other in statement.policy.statements if other is not statement]
        if statement.sid and statement.sid not in others:
            sid = quote(statement.sid)
            yield self.finding(
                ("statement",), f"the statement has the Sid {sid}: write `sid`, as its number may change"
            )
            return
        rule = quote(exception.spec.rule)
        yield self.finding(
            spot,
            f"the exception from {rule} knows this statement by its number; give it a Sid of its own and write `sid`",
            rewrite=partial(sid_given, statement),
        )
