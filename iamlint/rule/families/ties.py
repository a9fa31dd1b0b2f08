"""Conditions that tie a statement to the callers who are meant, added for the principals that need them.

Facts come from the configuration; where it lacks them, what is shown has placeholders in capitals.
"""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Final

from iamlint.analyse.wildcards import matches
from iamlint.finding import Draft
from iamlint.model import Item, PrincipalItem, Statement
from iamlint.rule.families.arn_scopes import ACCOUNT, NEEDS_ACCOUNTS
from iamlint.rule.families.drafts import MOST_ENTRIES
from iamlint.rule.families.names import has_wildcard
from iamlint.rule.families.principals import GITHUB, service_principals
from iamlint.rule.families.splits import fits, like, split
from iamlint.syntax.change import Change, Drop, Insert, Put, Rename

if TYPE_CHECKING:
    from iamlint.rule.context import Context

Block = Mapping[str, Mapping[str, object]]
"""Operator → key → values."""

NEEDS_REPOSITORIES: Final = (
    "it needs the repositories: list `repositories` under [environment] in the configuration, as "
    "OWNER/NAME:ref:refs/heads/BRANCH"
)
_ANY_BRANCH: Final = "repo:OWNER/NAME:ref:refs/heads/BRANCH"
_MOST_VALUES: Final = 50
_EKS: Final = "oidc.eks."


def tied(
    statement: Statement, principals: Collection[PrincipalItem], block: Block, title: str, needs: str | None = None
) -> Draft | None:
    """The conditions `block` for these principals of the statement, in a statement of their own where it has others.

    None where a condition of the block stands there already, or the statement is too large to be looked through.
    """
    every = statement.principals
    if len(every) > MOST_ENTRIES or len(statement.conditions) > MOST_ENTRIES:
        return None
    changes: tuple[Change, ...] | None
    if len(principals) == len(every):
        changes = conditions_added(statement, block)
    else:
        conditions = merged(statement.value.get("Condition", {}), block)
        left = _without(statement, principals)
        if conditions is None or left is None:
            return None
        types: dict[str, list[str]] = {}
        for principal in principals:
            types.setdefault(principal.type, []).append(principal.text)
        named = {type_: texts if len(texts) > 1 else texts[0] for type_, texts in types.items()}
        new = like(statement, {"Principal": named, "Condition": conditions}, "Tied")
        changes = split(statement, left, new)
    return None if changes is None else fits(Draft(title, changes, needs), statement.policy)


def conditions_added(statement: Statement, block: Block) -> tuple[Change, ...] | None:
    """What adds the conditions; None where one of them is there already, or the element is not as it should be."""
    held = statement.value.get("Condition", {})
    if merged(held, block) is None or not isinstance(held, dict):
        return None
    if "Condition" not in statement:
        return (Insert(statement.at("Condition"), block),)
    changes: list[Change] = []
    for operator, keys in block.items():
        home = _spelling(held, operator)
        if home is None:
            changes.append(Insert(statement.at("Condition", operator), keys))
        else:
            changes += [Insert(statement.at("Condition", home, key), value) for key, value in keys.items()]
    return tuple(changes)


def merged(held: object, block: Block) -> dict[str, object] | None:
    """The element `Condition` with the conditions added; None where one of them is there already."""
    if not isinstance(held, dict):
        return None
    made: dict[str, object] = dict(held)
    for operator, keys in block.items():
        home = _spelling(held, operator)
        own = held[home] if home is not None else {}
        if not isinstance(own, dict) or any(_spelling(own, key) is not None for key in keys):
            return None
        made[home or operator] = {**own, **keys}
    return made


def _spelling(holder: Mapping[str, object], name: str) -> str | None:
    lowered = name.lower()
    return next((key for key in holder if key.lower() == lowered), None)


def _without(statement: Statement, principals: Collection[PrincipalItem]) -> tuple[Change, ...] | None:
    """What takes the principals out of the statement."""
    gone = {principal.path for principal in principals}
    changes: list[Change] = []
    held = statement.value.get("Principal")
    if not isinstance(held, dict):
        return None
    for type_, entries in held.items():
        path = statement.at("Principal", type_)
        going = [path_ for path_ in gone if path_[: len(path)] == path]
        whole = not isinstance(entries, list) or len(going) == len(entries)
        if going:
            changes += [Drop(path)] if whole else [Drop(path_) for path_ in sorted(going, key=lambda p: p[-1])]
    return tuple(changes)


def for_own_accounts(statement: Statement, ctx: "Context") -> Draft | None:
    """The services that the statement names may act for resources of the organisation's accounts only."""
    value: object = list(ctx.accounts) if len(ctx.accounts) > 1 else ctx.accounts[0] if ctx.accounts else ACCOUNT
    if len(ctx.accounts) > _MOST_VALUES:
        return None
    return tied(
        statement,
        service_principals(statement),
        {"StringEquals": {"aws:SourceAccount": value}},
        "let it act for your own accounts only",
        None if ctx.accounts else NEEDS_ACCOUNTS,
    )


def subjects(ctx: "Context") -> tuple[str, list[str]] | None:
    """How to compare the subjects of tokens with those of the repositories that may call, and these."""
    named = [name if name.startswith("repo:") else f"repo:{name}" for name in ctx.environment.repositories]
    if not 0 < len(named) <= _MOST_VALUES:
        return None
    if all(name.count(":") > 1 for name in named):
        return "StringEquals", named
    return "StringLike", [name if name.count(":") > 1 else f"{name}:*" for name in named]


def for_own_repositories(statement: Statement, principal: PrincipalItem, provider: str, ctx: "Context") -> Draft | None:
    """Only workflows of the organisation's repositories may assume the role."""
    found = subjects(ctx)
    operator, values = found or ("StringEquals", [_ANY_BRANCH])
    block = {operator: {f"{provider}:sub": values if len(values) > 1 else values[0]}}
    needs = None if found else NEEDS_REPOSITORIES
    return tied(statement, [principal], block, "name the repositories that may assume the role", needs)


def for_own_tokens(statement: Statement, principal: PrincipalItem, provider: str, ctx: "Context") -> Draft | None:
    """Only tokens made for AWS, and for one of the organisation's own subjects, may assume the role."""
    audience, subject, operator = "AUDIENCE", "SUBJECT", "StringEquals"
    needs: str | None = "it needs the audience and the subject that the provider writes into your tokens"
    values: object = subject
    if provider.partition("/")[0] == GITHUB:
        audience = "sts.amazonaws.com"
        found = subjects(ctx)
        operator, named = found or (operator, [_ANY_BRANCH])
        values = named if len(named) > 1 else named[0]
        needs = None if found else NEEDS_REPOSITORIES
    elif provider.startswith(_EKS):
        audience, values = "sts.amazonaws.com", "system:serviceaccount:NAMESPACE:NAME"
        needs = "it needs the service account that may assume the role"
    block: dict[str, dict[str, object]] = {"StringEquals": {f"{provider}:aud": audience}}
    block.setdefault(operator, {})[f"{provider}:sub"] = values
    return tied(statement, [principal], block, "ask for the audience and the subject of the token", needs)


def own_principals(statement: Statement, ctx: "Context") -> Draft | None:
    """The organisation's accounts in `Principal`, less those that the Allow leaves out, instead of `NotPrincipal`."""
    held = statement.value.get("NotPrincipal")
    if not isinstance(held, dict) or "AWS" not in held or "Principal" in statement or len(held) > MOST_ENTRIES:
        return None
    left_out = [item.text for item in statement.not_principals if item.type == "AWS"]
    accounts = {text if ":" not in text else text.split(":")[4] for text in left_out if _is_whole_account(text)}
    others = [text for text in left_out if not _is_whole_account(text)]
    own = [account for account in ctx.accounts or (ACCOUNT,) if account not in accounts]
    if not own or len(own) > _MOST_VALUES or len(others) > _MOST_VALUES or "*" in left_out:
        return None
    path = statement.at("NotPrincipal")
    changes: list[Change] = [Rename(path, "Principal"), Put((*path, "AWS"), own if len(own) > 1 else own[0])]
    changes += [Drop((*path, type_)) for type_ in held if type_ != "AWS"]
    if others:
        spared = conditions_added(
            statement, {"ArnNotLike": {"aws:PrincipalArn": others if len(others) > 1 else others[0]}}
        )
        if spared is None:
            return None
        changes += spared
    needs = None if ctx.accounts else NEEDS_ACCOUNTS
    return fits(Draft("name your own accounts in Principal", tuple(changes), needs), statement.policy)


def _is_whole_account(text: str) -> bool:
    return ":" not in text or text.endswith(":root")


def whole_subject(statement: Statement, item: Item, ctx: "Context") -> Draft | None:
    """The subjects of the organisation's branches that a pattern of subjects matches, in place of the pattern.

    Where the configuration names none, the pattern's repository with a branch to fill in. None for what is no pattern:
    who names an environment means that.
    """
    if not has_wildcard(item.text):
        return None
    held: object = statement.value
    for step in item.path[len(statement.path) : -1]:
        held = held[step]  # type: ignore[index]
    if isinstance(held, list) and len(held) > MOST_ENTRIES:
        return None
    _, known = subjects(ctx) or ("", [])
    fitting = [text for text in known if not has_wildcard(text) and ":ref:" in text and matches(item.text, text)]
    title, path = "name the branches", item.path
    if not fitting:
        owner = item.text.split(":")[1:2]
        name = owner[0] if owner and "/" in owner[0] and not has_wildcard(owner[0]) else "OWNER/NAME"
        return Draft(title, (Put(path, f"repo:{name}:ref:refs/heads/BRANCH"),), NEEDS_REPOSITORIES)
    if not isinstance(held, list):
        return Draft(title, (Put(path, fitting if len(fitting) > 1 else fitting[0]),))
    fresh = [text for text in fitting if text not in held]
    if not fresh:
        return Draft("take it out: its branches are there", (Drop(path),))
    after = (*path[:-1], int(path[-1]) + 1)
    return Draft(title, (Put(path, fresh[0]), *(Insert(after, text) for text in fresh[1:])))
