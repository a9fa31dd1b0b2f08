"""List API operations that somebody may write as an action and that iamlint could not lead to the right one.

    python tools/api_gaps.py [SERVICE …]

An operation of the installed `botocore` is listed where it is no action of its service and
iamlint/aws/data/api_names.txt says nothing of it. Most are new: AWS lists their actions some days later. What stays
belongs into that file if AWS documents another action for it; behind `?` stand near services that have an action of
the same name.
"""

import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from iamlint.aws import api_names
from iamlint.aws.catalogue import catalogue


def models() -> Iterator[tuple[str, dict[str, Any]]]:
    """Name in the SDK and newest model of each service."""
    import botocore

    for folder in sorted((Path(botocore.__file__).parent / "data").iterdir()):
        found = sorted(folder.glob("*/service-2.json*"))
        if found:
            data = found[-1].read_bytes()
            yield folder.name, json.loads(gzip.decompress(data) if found[-1].suffix == ".gz" else data)


def gaps() -> dict[str, list[str]]:
    """Prefix → operations."""
    known = catalogue()
    found: dict[str, list[str]] = {}
    for name, model in models():
        metadata = model["metadata"]
        names = [name, metadata.get("signingName", name), metadata["endpointPrefix"]]
        prefixes = [text for text in names if known.service_status(text) == "current"]
        prefixes += filter(None, map(api_names.prefix_of, names))
        for operation in model["operations"] if prefixes else ():
            if known.action_status(prefixes[0], operation) == "unknown" and not known.api_hint(prefixes[0], operation):
                near = [text for text in prefixes if known.action_status(text, operation) == "current"]
                found.setdefault(prefixes[0], []).append(operation + "".join(f"?{text}" for text in near))
    return found


def main() -> None:
    """Print them, a service a line."""
    for prefix, operations in sorted(gaps().items()):
        if not sys.argv[1:] or prefix in sys.argv[1:]:
            print(prefix, *operations)


if __name__ == "__main__":
    main()
