"""What keeps a lock-down from being worked out."""


class LockdownError(Exception):
    """One clear message for people; nothing has been written."""
