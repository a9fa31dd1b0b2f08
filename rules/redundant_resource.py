from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Policy, PolicyRule, Severity, redundant_entries


class RedundantResource(PolicyRule):
    """An entry of Resource or NotResource is covered by another entry of the same list.

    ## Why it matters
    It changes nothing, uses up the few characters that a policy may have, and hides from the reader how far the
    covering entry reaches: `arn:aws:s3:::logs*` takes in all objects of those buckets as well.

    ## What to do instead
    Take the covered entries out, or, if only they are meant, the one that covers them.

    ## When it can be wrong
    AWS's validation lets a wildcard reach across the colons of an ARN, which not every other part of AWS does. The
    message says where an entry is covered in that way only.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.SUGGESTION
    aws = "REDUNDANT_RESOURCE"
    elements = frozenset(("Resource", "NotResource"))
    lists = frozenset(("Resource", "NotResource"))
    tags = ("redundancy",)

    good = [
        Good('{"Effect":"Allow","Action":"s3:*","Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"]}'),
        Good('{"Effect":"Allow","Action":"s3:*","Resource":["arn:aws:s3:::B*","arn:aws:s3:::b1"]}', why="case counts"),
        Good('{"Effect":"Allow","Action":"s3:*","Resource":["arn:aws:s3:::a*","arn:aws:s3:::*b"]}', why="they overlap"),
        Good(
            '{"Effect":"Allow","Action":"ec2:*","Resource":["arn:aws:ec2:*::snapshot/${*}","arn:aws:ec2:*::snapshot/${a}"]}',
            why="`${*}` is a plain character",
        ),
        Good('{"Effect":"Allow","Action":"s3:*","Resource":"*"},{"Effect":"Allow","Action":"s3:*","Resource":"*"}'),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":[«"arn:aws:s3:::b*"»,«"arn:aws:s3:::b*/*"»]}',
            rewritten='{"Effect":"Allow","Action":"s3:*","Resource":["arn:aws:s3:::b*"]}',
            verdict="equivalent",
        ),
        Bad('{"Effect":"Deny","Action":"s3:*","NotResource":["arn:aws:s3:::a",«"arn:aws:s3:::b"»,«"arn:aws:s3:::b"»]}'),
        Bad('{"Effect":"Allow","Action":"s3:*","Resource":[«"arn:aws:s3:::b/${aws:username}/*"»,«"*"»]}'),
        Bad(
            '{"Effect":"Allow","Action":"logs:*",'
            '"Resource":[«"arn:aws:logs:*:*:log-group:/a/*"»,«"arn:aws:logs:*:*:/a/*"»]}',
            why="AWS reads wildcards across colons",
            rewritten='{"Effect":"Allow","Action":"logs:*","Resource":["arn:aws:logs:*:*:/a/*"]}',
            verdict="narrower",
        ),
        Bad(
            '{"Effect":"Allow","Principal":"*","Action":"s3:*",'
            '"Resource":["arn:aws:s3:::b",«"arn:aws:s3:::b/a?"»,«"arn:aws:s3:::b/ab"»]}',
            kind="resource",
        ),
    ]

    def check(self, policy: Policy, ctx: Context) -> Iterator[Hit]:
        yield from redundant_entries(self, policy, ("Resource", "NotResource"))
