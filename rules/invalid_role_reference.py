from collections.abc import Iterator

from iamlint.rule import RESOURCE_KINDS, Bad, Context, Good, Hit, Severity, Statement, StatementRule, quote, unique_ids


class InvalidRoleReference(StatementRule):
    """A principal is the unique id of a role instead of its ARN.

    ## Why it matters
    IAM shows the id where the role that the policy named has been deleted: nobody fits it any more. A new role of the
    same name has another id, and so has not the access of the old one.

    ## What to do instead
    Take the principal out, or write the ARN of the role that is meant now.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.WARNING
    aws = "INVALID_ROLE_REFERENCE"
    kinds = RESOURCE_KINDS | {"trust"}
    elements = frozenset(("Principal", "NotPrincipal"))
    tags = ("dead-reference",)

    good = [
        Good(
            '{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/AROAEXAMPLEEXAMPLEEX"},'
            '"Action":"sts:AssumeRole"}',
            why="a name",
        ),
        Good('{"Effect":"Allow","Principal":{"AWS":"AIDAEXAMPLEEXAMPLEEX"},"Action":"sts:AssumeRole"}', why="a user"),
        Good(
            '{"Effect":"Allow","Principal":{"CanonicalUser":"AROAEXAMPLEEXAMPLEEX"},"Action":"s3:*","Resource":"*"}',
            why="another kind of id",
        ),
        Good(
            '{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole",'
            '"Condition":{"StringLike":{"aws:userid":"AROAEXAMPLEEXAMPLEEX:*"}}}',
            why="conditions compare ids",
        ),
    ]
    bad = [
        Bad('{"Effect":"Allow","Principal":{"AWS":«"AROAEXAMPLEEXAMPLEEX"»},"Action":"sts:AssumeRole"}'),
        Bad(
            '{"Effect":"Deny","NotPrincipal":{"AWS":["111122223333",«"AROAEXAMPLEID"»]},"Action":"s3:*","Resource":"*"}'
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for principal in unique_ids(statement, "AROA"):
            message = f"{quote(principal)} is the id of a role, most likely of one that was deleted"
            yield self.finding(principal, f"{message}; write the role's ARN or take it out")
