"""What a principal of an account may do, after all that grants and all that limits.

`of` gathers what applies: identity policies (of a user's groups too), the permissions boundary, the service control
policies of each level. `Effective` answers questions about it, decided over all requests and shown by one, and writes
it as one policy where that can be said in one.
"""

from iamlint.analyse.effective.layers import Effective, of

__all__ = ["Effective", "of"]
