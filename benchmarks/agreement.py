"""How far rules agree with recorded answers of AWS's policy validation: recall and precision per code and set.

Preview rules are listed and not in the sums. `docs/agreement.md` says what the sets are and why something differs.
"""

import sys

from tools.agreement import SETS, Tally, corpus, mirrors, outcomes, percent, tallies, total


def main() -> None:
    """Prints a table per set."""
    folder = corpus()
    if folder is None:
        print("agreement: the recordings are not at hand", file=sys.stderr)
        return
    rules = mirrors()
    compared = outcomes(rules, folder)
    previews = {rule.aws for rule in rules.values() if rule.preview}
    for set_ in SETS:
        numbers = tallies(compared, set_)
        print(f"| agreement, {set_} | recorded | found | agreed | recall | precision |")
        print("| --- | ---: | ---: | ---: | ---: | ---: |")
        for code, tally in numbers.items():
            print(_line(f"{code} (preview)" if code in previews else code, tally))
        print(_line("all", total(tally for code, tally in numbers.items() if code not in previews)) + "\n")


def _line(title: str, tally: Tally) -> str:
    return f"| {title} | {' | '.join(map(str, tally))} | {percent(tally.recall)} | {percent(tally.precision)} |"


if __name__ == "__main__":
    main()
