"""Statements that an exception knows by their number, and what is found of them, in the policy's own file."""

from collections.abc import Iterable

from iamlint.config import Settings
from iamlint.engine.locate import Locator
from iamlint.finding import Finding, Hit, Report
from iamlint.load import PolicyDocument, load_text
from iamlint.model import Policy, Spot
from iamlint.rule import Numbered, Rule


def numbered(covered: Iterable[Finding], report: Report, settings: Settings) -> Numbered | None:
    """The statement that all of `covered` are in; None where they are in several, or in an exported account."""
    places = {(f.path, f.document_pointer, f.pointer.split("/")[1:3][-1]): f for f in covered}
    if len(places) != 1:
        return None
    [((path, pointer, step), finding)] = places.items()
    document = _document(path, pointer, finding, report, settings)
    if document is None:
        return None
    policy = Policy(document.value, document.kind, document.resource_type)
    for statement in policy.statements:
        if str(statement.path[-1]) == step or len(statement.path) == 1:
            return Numbered(statement, Spot(document, statement.path))
    return None


def finding_of(rule: Rule, hit: Hit, covered: Iterable[Finding], report: Report, rewrites: bool) -> Finding | None:
    """The finding that a hit is whose place is in a policy document; `rewrites`: with what the rule proposes."""
    document = hit.places[0].source
    path = next(finding.path for finding in covered)
    if not isinstance(document, PolicyDocument):
        return None
    proposal = None
    if rewrites:
        from iamlint.engine.proposals import Proposals

        proposal = Proposals().of(hit, document)
    return Locator(path, report.texts[path]).finding(rule, hit, (), document, document.ref, proposal)


def _document(path: str, pointer: str, finding: Finding, report: Report, settings: Settings) -> PolicyDocument | None:
    """The policy document there: the one that is to be changed already, if there is one, else it is read again."""
    for other in (*report.findings, *(entry.finding for entry in report.suppressed)):
        made = None if other.rewrite is None else other.rewrite.made
        if made is not None and (other.path, other.document_pointer) == (path, pointer):
            return made[0] if isinstance(made[0], PolicyDocument) else None
    kind = None if finding.policy is None else finding.policy.kind
    file = load_text(path, report.texts[path], settings, kind=kind, named_alone=True) if path in report.texts else None
    documents = () if file is None or file.export is not None else file.documents
    return next((document for document in documents if document.document_pointer == pointer), None)
