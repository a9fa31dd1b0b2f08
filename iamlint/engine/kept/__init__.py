"""Results of earlier runs: what was found in a file, kept until the file or anything else that matters is another.

What matters is the text and the path as shown, the options, the configuration, the rules, the data about AWS and the
program itself; all of it goes into the name of the entry. Entries lie in the user's cache folder, in no folder that is
scanned: what a pull request brings along could say "clean". What is damaged, cannot be written or may be another's only
costs time.
"""

from iamlint.engine.kept.results import Kept, Misplaced, Unusable, opened

__all__ = ["Kept", "Misplaced", "Unusable", "opened"]
