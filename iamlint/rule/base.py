"""A rule: one class in one file, with its documentation, its examples and its check.

The scope is the base class: the engine walks, a rule only looks at what it is handed. Metadata are class attributes;
the id is the file's name with hyphens.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar

from iamlint.finding import Draft, Hit, Note, Place, Severity, Subject
from iamlint.model import Condition, Item, Policy, PrincipalItem, Spot, Statement
from iamlint.record import NamedTuple
from iamlint.syntax import Path, printable

if TYPE_CHECKING:
    from iamlint.model.account import AccessKey, Account, ManagedPolicy, Principal
    from iamlint.rule.context import Context
    from iamlint.rule.document import Document
    from iamlint.rule.exception import ExceptionUse

ALL_KINDS = frozenset(("identity", "resource", "trust", "scp", "rcp", "boundary", "session", "endpoint"))
IDENTITY_KINDS = frozenset(("identity", "boundary", "session"))
"""Kinds with the grammar of an identity policy."""
RESOURCE_KINDS = frozenset(("resource", "endpoint"))
"""Kinds with the grammar of a resource policy that need a resource."""
PRINCIPAL_KINDS = frozenset(("resource", "endpoint", "trust", "rcp"))
"""Kinds in which statements name principals."""
GRANTING_KINDS = frozenset(("identity", "resource"))
"""Kinds that grant; boundaries, session policies, SCPs, RCPs and endpoint policies only limit."""

Where = Item | PrincipalItem | Condition | Place | Spot | Path
"""What can be marked: an item, a condition (its key is marked), a place, a spot of an account, or a value at a path."""


class Example(NamedTuple):
    """A policy, or one statement of a policy, with the reported places in « »; for an `ExceptionRule` a configuration.

    `kind` overrides the detected policy kind, and may be a type of resource (`AWS::S3::Bucket`). `options` are the
    rule's, `environment` is the `[environment]` table of the configuration. `whole` says that the text is a whole
    document, which is otherwise taken from the presence of `"Statement"` or `"Version"`.
    """

    text: str
    why: str = ""
    kind: str | None = None
    options: Mapping[str, object] = {}
    environment: Mapping[str, object] = {}
    forbidden: tuple[Mapping[str, object], ...] = ()
    """The tables `[[forbidden-access]]` of the configuration."""
    whole: bool = False
    level: str = "full"
    exports: tuple[str, ...] = ()
    """For rules about accounts: further files beside `text`, as the AWS CLI writes them; they hold marks as well."""
    as_of: str | None = None
    """For rules about accounts: the day that ages are counted at; default: the newest time in the files."""
    register: str | None = None
    """For rules about accounts: the text of the register of access keys."""
    usage: tuple[tuple[str, str], ...] | None = None
    """For rules about accounts: what was seen, as ARNs of principals with the address that they called from."""
    files: Mapping[str, str] = {}
    """For rules about the configuration's exceptions: path → text of the policies that they speak of."""
    rewritten: str | None = None
    """What the rewrites make of a bad example, written as `text` is."""
    verdict: str | None = None
    """What is proven of each of these rewrites: `equivalent`, `narrower` …; see `iamlint.finding.Proof`."""


OPEN, CLOSE = "«", "»"


_OF_ACCOUNT = ('DetailList"', '"PolicyVersionList"', '"AccessKeyMetadata"', '"SummaryMap"', "user,arn,")


def document_of(example: Example) -> str:
    """The example as a whole document, with its marks."""
    if example.whole or any(mark in example.text for mark in ('"Statement"', '"Version"', *_OF_ACCOUNT)):
        return example.text
    return f'{{"Version":"2012-10-17","Statement":[{example.text}]}}'


def plain(example: Example) -> str:
    """The example as a whole document, without its marks."""
    return document_of(example).replace(OPEN, "").replace(CLOSE, "")


class Good(Example):
    """An example on which the rule is silent."""


class Bad(Example):
    """An example on which the rule reports exactly the marked places, with the level `level`."""


class Option(NamedTuple):
    """A setting of one rule, `[rules.ID]` in the configuration; its type is the type of `default`."""

    default: object
    help: str


class Rule:
    """What all scopes share.

    The docstring is the documentation page: a first line that states the defect, then the sections `## Why it
    matters`, `## What to do instead` and `## References`, and, where it applies, `## When it can be wrong`.
    """

    id: ClassVar[str]
    severity: ClassVar[Severity]
    levels: ClassVar[Mapping[str, Severity]] = {}
    """Severity per level where a condition or a Deny can limit a finding: `full` (= `severity`) and `limited`."""
    security_severity: ClassVar[float | None] = None
    """0.1 to 10, as GitHub code scanning reads it; None for rules of validity and style."""
    aws: ClassVar[str | None] = None
    """The issue code of the check of AWS's policy validation that this rule mirrors."""
    kinds: ClassVar[frozenset[str]] = ALL_KINDS
    supersedes: ClassVar[frozenset[str]] = frozenset()
    """Rules whose findings in the same statement are folded into a finding of this one."""
    tags: ClassVar[tuple[str, ...]] = ()
    asks_for: ClassVar[str | None] = None
    """What of the configuration the rule cannot do without: a key of `[environment]` (`networks`), or another table.

    A rule is not run where it is not there.
    """
    unsuppressible: ClassVar[bool] = False
    """True where no exception and no baseline may cover a finding."""
    counts_spaces: ClassVar[bool] = False
    """True where a finding may depend on the white space between the tokens of a text, as sizes do."""
    preview: ClassVar[bool] = False
    """True where AWS documents the message but not the trigger: off unless asked for."""
    options: ClassVar[Mapping[str, Option]] = {}
    good: ClassVar[list[Good]] = []
    bad: ClassVar[list[Bad]] = []

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        cls.id = cls.__module__.rpartition(".")[2].replace("_", "-")

    def whole(self) -> "Rule":
        """The rule itself, with documentation and examples, where this only stands in for one not imported yet."""
        return self

    def finding(
        self,
        at: Where | list[Where],
        message: str,
        *,
        level: str = "full",
        related: Iterable[tuple[Where, str]] = (),
        witness: Mapping[str, object] | None = None,
        subject: Subject | None = None,
        rewrite: Callable[[], Draft | None] | None = None,
        **arguments: object,
    ) -> Hit:
        """A hit at `at`; a list marks several places, the first of which is the finding's own.

        `rewrite` works out what to change in the document; it is called only where somebody asks for it.
        """
        places = tuple(map(place, at)) if isinstance(at, list) else (place(at),)
        notes = tuple(Note(place(where), text) for where, text in related)
        return Hit(self.id, message, places, level, arguments, notes, witness, subject, rewrite)


class _OfStatements(Rule):
    """What calls for a rule: a statement that fits all of these.

    Cheap to tell, so that a rule costs nothing where it can have nothing to say. `services` and `actions` also fit
    where a wildcard may stand for them, and where the statement has a NotAction.
    """

    effect: ClassVar[str | None] = None
    """`Allow` or `Deny`; None: any."""
    elements: ClassVar[frozenset[str]] = frozenset()
    """Elements of which the statement has one; empty: any."""
    services: ClassVar[frozenset[str]] = frozenset()
    """Prefixes in lower case, of which an action has one; empty: any."""
    actions: ClassVar[frozenset[str]] = frozenset()
    """Actions in lower case, of which the statement names one; empty: any."""
    operators: ClassVar[frozenset[str]] = frozenset()
    """Condition operators of which the statement has one, in lower case; empty: any.

    A family (`string`, `ipaddress`, `null` …), a name without prefix and suffix (`stringlike`), a quantifier
    (`forallvalues`), `ifexists`, or `?` for an operator that IAM does not know.
    """
    condition_keys: ClassVar[frozenset[str]] = frozenset()
    """Condition keys of which the statement tests one, in lower case and without a tag key (`aws:resourcetag`).

    One that ends in `:` is any key of that prefix, one that begins with `:` any with that last part (`:aud`). Empty:
    any.
    """
    faults: ClassVar[frozenset[str]] = frozenset()
    """Faults that `arn_faults` tells of ARNs, of which a resource has one; empty: any.

    `service` also fits where a condition may name a service that does not exist; `action` where AWS may not list an
    action, or none for a pattern; `wide` where an entry of Resource or NotResource matches every ARN.
    """
    lists: ClassVar[frozenset[str]] = frozenset()
    """Elements of actions and resources, of which the statement has one as a list of several entries; empty: any."""
    only_wildcards: ClassVar[bool] = False
    """Only a statement with a wildcard in an action, or with a NotAction."""
    only_spelled: ClassVar[bool] = False
    """Only a statement with one of `actions` written out, or with a NotAction."""
    only_named: ClassVar[bool] = False
    """Only a statement with an action whose service is written out, or with a NotAction."""
    only_variables: ClassVar[bool] = False
    """Only a statement with a `$` in a resource or a condition value, or one that is not `is_regular`."""
    only_irregular: ClassVar[bool] = False
    """Only a statement (or policy) that is not `is_regular`."""


class StatementRule(_OfStatements):
    """A rule that looks at one statement; it is handed those that call for it."""

    def check(self, statement: Statement, ctx: "Context") -> Iterator[Hit]:
        """Yields what is wrong in `statement`."""
        raise NotImplementedError


class PolicyRule(_OfStatements):
    """A rule that needs the whole policy; where it says what calls for it, some statement must."""

    several: ClassVar[bool] = False
    """Only a policy of several statements."""
    larger_than: ClassVar[int] = 0
    """Only a policy of more characters; one whose size is not known may have more."""

    def check(self, policy: Policy, ctx: "Context") -> Iterator[Hit]:
        """Yields what is wrong in `policy`."""
        raise NotImplementedError


class TextRule(Rule):
    """A rule about the text itself: syntax, and what parsing loses."""

    only_unreadable: ClassVar[bool] = False
    """Only a text that could not be read; the other text rules only see those that could, and that repeat keys."""

    def check(self, document: "Document", ctx: "Context") -> Iterator[Hit]:
        """Yields what is wrong in the text of `document`."""
        raise NotImplementedError


class ExceptionRule(Rule):
    """A rule about the exceptions of the configuration; it runs after all others.

    Paths of its hits lead from the exception's table: `()` is its head, `("expires",)` that line. Its examples are
    configurations, with the policies that they speak of in `files`.
    """

    unsuppressible = True

    def check(self, exception: "ExceptionUse", ctx: "Context") -> Iterator[Hit]:
        """Yields what is wrong with `exception`."""
        raise NotImplementedError


class ExportRule(Rule):
    """What the rules about accounts share; derive from `PrincipalRule` or `AccountRule`.

    A fact that no export tells is `Unknown`: whoever uses it all the same raises `NotKnown`, and the engine reports
    "not checked" for the principal (or account) in hand.
    """

    needs: ClassVar[tuple[str | tuple[str, ...], ...]] = ("account-authorization-details",)
    """Exports without which the rule is not run but reported as not checked; of a tuple any one suffices.

    `register` is that of the access keys that remain, `usage` the table of what was used.
    """


class PrincipalRule(ExportRule):
    """A rule that looks at one user, group or role of an account."""

    principals: ClassVar[frozenset[str]] = frozenset(("user", "group", "role"))
    """Kinds of principals that it is handed."""

    def check(self, principal: "Principal", account: "Account", ctx: "Context") -> Iterator[Hit]:
        """Yields what is wrong with `principal`, who is the subject unless a hit names another."""
        raise NotImplementedError


class AccountRule(ExportRule):
    """A rule that needs the whole account."""

    def check(self, account: "Account", ctx: "Context") -> Iterator[Hit]:
        """Yields what is wrong in `account`, which is the subject unless a hit names another."""
        raise NotImplementedError


class HeldPolicyRule(PolicyRule, ExportRule):
    """A rule about policies that, where an account is at hand, also looks at who holds them."""

    only_held: ClassVar[bool] = False
    """Identity policies and boundaries of an account are only looked at through those who hold them."""

    principals: ClassVar[frozenset[str]] = frozenset(("user", "group", "role"))
    """Kinds of principals that it is handed."""

    def check_principal(self, principal: "Principal", account: "Account", ctx: "Context") -> Iterator[Hit]:
        """Yields what is wrong with `principal`, who is the subject unless a hit names another."""
        raise NotImplementedError


def subject_of(who: "Principal | ManagedPolicy | AccessKey | Account", account: "Account") -> Subject:
    """The subject that a principal, a managed policy, an access key or the account itself is."""
    if who is account:
        return Subject("account", account.arn, account.id)
    if isinstance(who, tuple):
        return Subject("access-key", who.subject_id, account.id)
    return Subject(who.kind, who.arn, account.id)


def place(where: Where) -> Place:
    """The place that `where` marks."""
    if isinstance(where, Place):
        return where
    if isinstance(where, Spot):
        return Place(where.path, source=where.source)
    if isinstance(where, Condition):
        return Place(where.path, "key")
    if isinstance(where, (Item, PrincipalItem)):
        return Place(where.path)
    return Place(where)


def key(path: Path) -> Place:
    """The key token at the end of `path`."""
    return Place(path, "key")


def part(item: Item | PrincipalItem, start: int, end: int) -> Place:
    """The code points `start` to `end` (exclusive) of a string item."""
    return Place(item.path, "value", start, end)


def quote(text: object) -> str:
    """`text` in backticks, for messages: harmless on a terminal, on one line, at most 80 characters."""
    return f"`{printable(str(text), 80)}`"


def listing(texts: Iterable[object], most: int = 5) -> str:
    """`` `a`, `b` and 3 more ``: the first `most` texts quoted, the rest counted."""
    every = list(texts)
    entries = [quote(text) for text in every[:most]]
    if len(every) > most:
        return f"{', '.join(entries)} and {len(every) - most} more"
    if len(entries) < 2:
        return "".join(entries)
    return f"{', '.join(entries[:-1])} and {entries[-1]}"
