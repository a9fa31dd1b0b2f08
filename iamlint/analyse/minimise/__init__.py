"""Other documents that mean the same: one normal form to read, and the shortest text that is found.

Every step keeps the meaning by itself: entries and statements that others cover go, statements that are alike but for
one list become one. Nothing holds only for the actions that AWS lists today. Whoever writes a result proves it all the
same (`iamlint.rewrite.prove`).

    parts       a statement that is understood, taken apart; others stay as they are
    covering    what another entry, or another statement, says already
    joining     statements that are alike but for one list
    grouping    the pairs of action and resource in other rows
    documents   the doors
"""

from iamlint.analyse.minimise.documents import Same, compacted, normalised, unreadable

__all__ = ["Same", "compacted", "normalised", "unreadable"]
