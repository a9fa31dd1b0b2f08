"""The lock-down of long-lived credentials: from the exports of an account to verdicts, a plan and what carries it out.

`run` is the door: it reads a snapshot, `verification` answers the how-to's lines, `measures` decides what is to be done
about each user, `proposals` and `boundaries` write policies and prove them, `commands` says how to apply it all, and
`pages` tells it to people. Nothing here talks to AWS, and nothing is applied.
"""
