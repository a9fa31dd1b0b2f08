"""Questions about all requests, decided: does one policy grant what another does not, and the like.

There are infinitely many requests, but policies tell only few of them apart. For each unknown of a request (its action,
principal, resource, each condition key) a few values stand for all: whatever a request has there, one of them is
matched by every pattern that has to match, and by no more of the others. So if some request answers a question, one
made of these values does, and the search is over a finite table.

Read in this order:

    patterns, products      what wildcard patterns have in common, and why one text can stand for a pattern
    checks, clauses         a statement as a product of what it asks of each unknown
    actions, callers        the values that stand for all, unknown by unknown
    domains, values
    references              variables: what a key must be because other texts are made of it
    cover, search           choosing among the values
    replay, decision        asking the plain evaluator about what was found; one budget for all
    compare, questions      the doors
"""
