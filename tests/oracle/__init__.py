"""A second opinion on "does the new policy grant anything that the old one did not?", by z3.

Written from AWS's documentation alone, with nothing of `iamlint` in it, so that the two agree only where both are
right. It is slow and gives up (None) where z3 does, or where AWS's documentation leaves the meaning open.
"""

from tests.oracle.comparison import Answer, decide, new_access

__all__ = ["Answer", "decide", "new_access"]
