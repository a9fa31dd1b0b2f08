"""A request that shows something, with names that people know: actions that AWS lists, resources as they look there.

Each change is asked again, so that the request goes on showing what it shows.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Final

from iamlint.analyse.circumstances import mentioned_keys
from iamlint.analyse.decide.clauses import reading
from iamlint.analyse.decide.compare import Policies, several
from iamlint.analyse.decide.products import product_matches
from iamlint.analyse.formats import fitting_types
from iamlint.analyse.request import Request
from iamlint.analyse.variables import variable_parts

_MOST_TRIES: Final = 40
_MOST_ACTIONS: Final = 1000
_WORD: Final = "example"


def recognisable(request: Request, granting: Policies, others: Policies, shows: Callable[[Request], bool]) -> Request:
    """`request`, or one that shows the same and names an action and a resource that exist, or could.

    `granting` are the policies that allow it, `others` those that it is held against; condition keys are spelled as
    they spell them. `shows` says of a request whether it shows what it has to.
    """
    spelled = mentioned_keys((*several(granting), *several(others)))
    request = request._replace(context={spelled.get(key, key): value for key, value in request.context.items()})
    for action in islice(_fitting_first(_actions(request.action, granting), request.resource), _MOST_TRIES):
        named = request._replace(action=action)
        if shows(named):
            request = named
            break
    for resource in islice(_resources(request), _MOST_TRIES):
        named = request._replace(resource=resource)
        if shows(named):
            return named
    return request


def _fitting_first(actions: Iterable[str], resource: str) -> Iterator[str]:
    """Those actions that can be about the resource, then the others."""
    from iamlint.aws.catalogue import catalogue

    types: dict[str, frozenset[str]] = {}
    others = []
    for action in dict.fromkeys(islice(actions, _MOST_ACTIONS)):
        prefix, _, name = action.partition(":")
        if prefix not in types:
            types[prefix] = fitting_types(prefix, resource)
        facts = catalogue().action(prefix, name)
        if facts is None or types[prefix].isdisjoint(facts.resource_types):
            others.append(action)
        else:
            yield action
    yield from others


def _actions(action: str, granting: Policies) -> Iterator[str]:
    """Actions that AWS lists: this one, else others that a pattern matches which matches it."""
    from iamlint.aws.catalogue import catalogue

    facts = catalogue()
    yield from facts.names(action)
    row = tuple(action.split(":"))
    for policy in several(granting):
        for clause in reading(policy).allows:
            for service, name in clause.actions:
                if product_matches((service, name), row):
                    # Of a wildcard before the colon any service will do.
                    prefix = service if facts.is_service(service) else "s3"
                    yield from facts.names(f"{prefix}:{name}")


def _resources(request: Request) -> Iterator[str]:
    """ARNs of the formats that AWS lists for the resources of the action, then for its service."""
    from iamlint.aws.catalogue import catalogue

    if request.resource == "*":
        return
    prefix, _, name = request.action.partition(":")
    found = catalogue().action(prefix, name)
    service = catalogue().service(prefix)
    if found is None or service is None:
        return
    if not found.scopable:
        yield "*"
    filled = {"Partition": request.resource.split(":")[1], "Region": "us-east-1", "Account": "123456789012"}
    for type_ in found.resource_types:
        for arn in service.resource_types[type_].arns if type_ in service.resource_types else ():
            yield "".join(text if inside is None else filled.get(inside, _WORD) for text, inside in variable_parts(arn))
