"""Profiles: `ci` is deterministic (also the default), `long` is random and thorough, by hand.

Tests put other rules and facts in the place of ours, which no key of kept results can know of: none are kept here but
in the folders that tests name.
"""

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "ci", derandomize=True, max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "long", max_examples=5000, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
os.environ["CI"] = "1"
settings.load_profile(os.environ.get("IAMLINT_HYPOTHESIS", "ci"))
