from collections.abc import Iterator

from iamlint.rule import Bad, Context, ExceptionRule, ExceptionUse, Good, Hit, Severity, quote

_ADMIN = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
_READER = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}'


class ExpiredException(ExceptionRule):
    """An exception of the configuration has expired, and what it covered is still there.

    ## Why it matters
    Somebody accepted a finding until a day, and the day has passed. The findings are reported again from the day after
    `expires`.

    ## What to do instead
    Mend what is reported and remove the exception; or ask its owner again, and write a new day with the reason.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html
    """

    severity = Severity.WARNING
    tags = ("configuration",)

    good = [
        Good(
            '[[exceptions]]\nrule = "wildcard-action"\npath = "admin.json"\nreason = "sandbox"\nexpires = 9999-12-31\n',
            files={"admin.json": _ADMIN},
            whole=True,
        ),
        Good(
            '[[exceptions]]\nrule = "wildcard-action"\npath = "admin.json"\nreason = "sandbox"\nexpires = 2020-01-31\n',
            why="nothing is left that it could cover: unused-exception tells of it",
            files={"admin.json": _READER},
            whole=True,
        ),
    ]
    bad = [
        Bad(
            '[[exceptions]]\nrule = "wildcard-action"\npath = "admin.json"\nreason = "sandbox"\n'
            "«expires = 2020-01-31»\n",
            files={"admin.json": _ADMIN},
            whole=True,
        ),
        Bad(
            '[[exceptions]]\nrule = "wildcard-action"\npath = "*.json"\nreason = "sandbox"\n«expires = "2020-01-31"»\n',
            files={"admin.json": _ADMIN, "policies/admin.json": _ADMIN},
            whole=True,
        ),
    ]

    def check(self, exception: ExceptionUse, ctx: Context) -> Iterator[Hit]:
        if exception.is_expired and exception.withheld:
            spec, count = exception.spec, exception.withheld
            findings = "1 finding" if count == 1 else f"{count} findings"
            renew = f"let {quote(spec.owner)} renew it" if spec.owner else "renew it"
            yield self.finding(
                ("expires",), f"expired with {findings} of {quote(spec.rule)} still there; mend them or {renew}"
            )
