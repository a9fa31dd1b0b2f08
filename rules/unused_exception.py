from collections.abc import Iterator

from iamlint.rule import Bad, Context, ExceptionRule, ExceptionUse, Good, Hit, Severity, listing, quote

_ADMIN = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
_READER = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}'


class UnusedException(ExceptionRule):
    """An exception of the configuration covers nothing.

    ## Why it matters
    What it once allowed has been mended, moved or changed. Left in place, it would hide the next finding of the same
    kind there, for a reason that nobody gave for it. With a `pin`, an exception also lapses when its statement comes
    to mean something else: what was accepted then is not what stands there now.

    ## What to do instead
    Remove the exception, or let its path lead to where the policy is now. Where the pin no longer fits, look at the
    statement again, then write the new pin or mend the policy.

    ## When it can be wrong
    It is told only where the run looked at everything that the exception can be about: all of the folder that holds
    the configuration, or the path that the exception begins with.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html
    - https://git-scm.com/docs/gitignore
    """

    severity = Severity.WARNING
    tags = ("configuration",)

    good = [
        Good(
            '[[exceptions]]\nrule = "wildcard-action"\npath = "admin.json"\nreason = "break glass"\n',
            files={"admin.json": _ADMIN},
            whole=True,
        ),
        Good(
            '[[exceptions]]\nrule = "wildcard-action"\npath = "/policies/**"\napplies-to = "*"\nreason = "a sandbox"\n',
            files={"policies/team/admin.json": _ADMIN},
            whole=True,
        ),
        Good(
            '[[exceptions]]\nrule = "wildcard-action"\npath = "admin.json"\nreason = "sandbox"\nexpires = 2020-01-31\n',
            why="expired-exception tells of it",
            files={"admin.json": _ADMIN},
            whole=True,
        ),
    ]
    bad = [
        Bad(
            '«[[exceptions]]»\nrule = "wildcard-action"\npath = "admin.json"\nreason = "break glass"\n',
            why="the policy has been narrowed",
            files={"admin.json": _READER},
            whole=True,
        ),
        Bad(
            '«[[exceptions]]»\nrule = "wildcard-action"\npath = "old/admin.json"\nreason = "break glass"\n',
            why="the policy has been moved",
            files={"new/admin.json": _ADMIN},
            whole=True,
        ),
        Bad(
            '[[exceptions]]\nrule = "wildcard-action"\npath = "admin.json"\nreason = "break glass"\n'
            '«pin = "00000000000000000000000000000000"»\n',
            why="the statement has another meaning than the one that was accepted",
            files={"admin.json": _ADMIN},
            whole=True,
        ),
    ]

    def check(self, exception: ExceptionUse, ctx: Context) -> Iterator[Hit]:
        spec = exception.spec
        if exception.covers or exception.withheld:
            return
        if exception.lapsed:
            yield self.finding(
                ("pin",),
                f"what {quote(spec.rule)} reports here is not what was accepted; look at it again, then pin "
                + listing(pin or "nothing, as there is no statement" for pin in exception.lapsed),
            )
        elif exception.is_judged:
            where = quote(spec.path or spec.arn)
            yield self.finding((), f"nothing in {where} that {quote(spec.rule)} would report; remove the exception")
