"""What can be wrong with what was asked for."""


class UsageError(Exception):
    """One clear message."""
