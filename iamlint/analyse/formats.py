"""Which of a service's types of resource an ARN is of, by the formats of ARNs that AWS lists."""

from iamlint.analyse.resources import segments_match
from iamlint.analyse.variables import variable_parts


def fitting_types(prefix: str, resource: str) -> frozenset[str]:
    """The service's types of resource that the ARN is of: of those whose formats match, the most particular."""
    from iamlint.aws.catalogue import catalogue

    service = catalogue().service(prefix)
    found: dict[str, int] = {}
    for name, kind in service.resource_types.items() if service is not None else ():
        for arn in kind.arns:
            pieces = list(variable_parts(arn))
            pattern = "".join(text if inside is None else "*" for text, inside in pieces)
            if segments_match(pattern, resource):
                found[name] = max(found.get(name, 0), sum(len(text) for text, _ in pieces))
    best = max(found.values(), default=0)
    return frozenset(name for name, plain in found.items() if plain == best)
