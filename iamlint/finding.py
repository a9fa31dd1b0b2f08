"""What a rule has to say: `Hit` inside a policy document, and the `Finding` that it becomes in a file.

A rule yields hits: places are paths inside the document (statement 2 → Action → 0), so that documents with equal
content share one analysis. The engine turns each hit into a `Finding` with lines and columns of the file.
"""

import enum
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from iamlint.record import NamedTuple

if TYPE_CHECKING:
    from iamlint.model.spot import Source
    from iamlint.syntax import Path
    from iamlint.syntax.change import Change


class Severity(enum.Enum):
    """AWS's finding types, gravest first.

    `ERROR` is used only where AWS's validator answers ERROR or IAM refuses to save the document.
    """

    ERROR = "error"
    SECURITY_WARNING = "security-warning"
    WARNING = "warning"
    SUGGESTION = "suggestion"

    __hash__ = object.__hash__  # each is one object; an enumeration's own is asked in Python

    @property
    def rank(self) -> int:
        """0 for the gravest."""
        return _RANKS[self]


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


class Place(NamedTuple):
    """Where in a document: the value at `path`, or its key token; `start`/`end` narrow it inside a string value.

    `start` and `end` count code points of the decoded string. `occurrence` picks among equal keys of one object,
    from 0; None is the last one, which is the one that JSON parsers keep. `source` is the part of an export that
    `path` starts in; None for the document that the rule was handed.
    """

    path: "Path"
    token: str = "value"
    start: int | None = None
    end: int | None = None
    occurrence: int | None = None
    source: "Source | None" = None


class Note(NamedTuple):
    """A related place with what it has to do with the finding."""

    place: Place
    message: str


class Subject(NamedTuple):
    """Who or what a finding is about; `id` is an ARN, or an access-key id."""

    kind: str
    id: str
    account: str | None


class PolicyRef(NamedTuple):
    """Which policy a document is, as far as the input tells."""

    kind: str
    name: str | None = None
    arn: str | None = None
    owner: str | None = None
    attached_to: tuple[str, ...] = ()


class Region(NamedTuple):
    """A range of a file: lines and columns from 1, columns in Unicode code points, the end exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class Related(NamedTuple):
    """A related place in a file."""

    message: str
    path: str
    region: Region


class Folded(NamedTuple):
    """A lesser finding at the same place, covered by the one that holds it."""

    rule: str
    message: str


class Edit(NamedTuple):
    """Replace `region` of the file by `text`."""

    region: Region
    text: str


class Proof(NamedTuple):
    """What is proven of a rewrite: `equivalent`, `narrower`, `wider`, `incomparable` or `unproven`."""

    verdict: str
    reason: str | None = None
    witness: Mapping[str, object] | None = None
    assumes: tuple[str, ...] = ()


class Draft(NamedTuple):
    """What a rule proposes: changes of the policy document, untrusted until they are proven.

    `title` says in a few words what they do. `shown_only` says why nobody can apply them as they are: placeholders …
    `never_applied` says that they are proven, but not for a machine to make.
    """

    title: str
    changes: "tuple[Change, ...]"
    shown_only: str | None = None
    never_applied: bool = False


class Rewrite(NamedTuple):
    """A suggested change of the text with its proof; `safe` iff `--fix` may apply it unasked.

    `made` is what the fix loop asks for and no report shows: the document as the loader has it, the changes of it, and
    whether they add a Deny or strengthen one. None for what is never applied. `denied` is how many observed requests
    it would deny; None where nothing was replayed.
    """

    title: str
    safe: bool
    edits: tuple[Edit, ...]
    proof: Proof
    made: "tuple[object, tuple[Change, ...], bool] | None" = None
    denied: int | None = None

    @property
    def unmade(self) -> "Rewrite":
        """The same for reports, which ask of `made` no more than whether it denies: no document, no changes."""
        return self if self.made is None else self._replace(made=(None, (), self.made[2]))


class Hit(NamedTuple):
    """What a rule yields. `places[0]` is the one that is marked first; `level` is `full` or `limited`.

    `draft` works out the rewrite, which few ask for.
    """

    rule: str
    message: str
    places: tuple[Place, ...]
    level: str = "full"
    arguments: Mapping[str, object] = {}
    related: tuple[Note, ...] = ()
    witness: Mapping[str, object] | None = None
    subject: Subject | None = None
    draft: Callable[[], Draft | None] | None = None


class Finding(NamedTuple):
    """A finding in a file: what the JSON output tells of it."""

    rule: str
    aws: str | None
    severity: Severity
    level: str
    message: str
    path: str
    region: Region
    pointer: str
    pointers: tuple[str, ...]
    token: str
    document_pointer: str
    identity: tuple[str, ...]
    """What the fingerprint is made of: rule, level, statement, token, offending value, and the count of equals."""
    marked: tuple[Region, ...] = ()
    """The region of every place that this finding marks, the first being `region`."""
    arguments: Mapping[str, object] = {}
    policy: PolicyRef | None = None
    subject: Subject | None = None
    related: tuple[Related, ...] = ()
    folded: tuple[Folded, ...] = ()
    witness: Mapping[str, object] | None = None
    rewrite: Rewrite | None = None
    pin: str | None = None
    """`iamlint.analyse.normal.pin` of the statement, where the run was to work it out."""

    @property
    def sent(self) -> "Finding":
        """The same for another process: without the document that its rewrite was made of."""
        return self if self.rewrite is None else self._replace(rewrite=self.rewrite.unmade)

    @property
    def fingerprint(self) -> str:
        """32 hex digits of a SHA-256 over `identity`, then `:n` for the nth equal finding of a file.

        Line numbers and the file's name are not in it, so that a baseline survives moves. Worked out when asked for:
        most runs print none.
        """
        import hashlib

        *parts, count = self.identity
        digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
        return digest if count == "1" else f"{digest}:{count}"


class NotChecked(NamedTuple):
    """A rule that could not run for want of an export, with the command that makes it."""

    rule: str
    subject: Subject | None
    needs: str
    command: str


class Checked(NamedTuple):
    """What a check of one file came to, as far as it depends on nothing but this file and what is the same for all.

    `day` is that of the lists of AWS that answered. `text` is that of the file, where there are findings, `advice` one
    line for rules among them.
    """

    path: str
    findings: list[Finding]
    policies: int
    day: str
    text: str | None
    advice: Mapping[str, str | None]


class RunError(NamedTuple):
    """Something that went wrong: `kind` is `internal` (ours; `rule` names which) or `input` (the file's)."""

    kind: str
    path: str
    message: str
    rule: str | None = None
    line: int | None = None
    column: int | None = None


class Skipped(NamedTuple):
    """A file that was not checked, and why."""

    path: str
    reason: str


class Suppressed(NamedTuple):
    """A finding that an exception covers."""

    finding: Finding
    exception: str


class Report(NamedTuple):
    """All that one run of `check` has to tell."""

    findings: tuple[Finding, ...]
    data: Mapping[str, str]
    errors: tuple[RunError, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    not_checked: tuple[NotChecked, ...] = ()
    notes: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    config_path: str | None = None
    config_sha256: str | None = None
    as_of: str | None = None
    files: int = 0
    policies: int = 0
    accounts: int = 0
    texts: Mapping[str, str] = {}
    """Decoded text of each file that has findings, for excerpts; keyed by `Finding.path`."""
