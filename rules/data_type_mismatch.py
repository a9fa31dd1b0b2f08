from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Path, Policy, PolicyRule, Severity, quote, type_name, wrong_types


class DataTypeMismatch(PolicyRule):
    """An element holds a JSON value of the wrong type.

    ## Why it matters
    IAM refuses to save the policy.

    ## What to do instead
    Write the type that the message names. Numbers and booleans are allowed as condition values only.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "DATA_TYPE_MISMATCH"
    only_irregular = True
    tags = ("validity",)

    good = [
        Good(
            '{"Effect":"Allow","Action":["s3:GetObject"],"Resource":"*",'
            '"Condition":{"Bool":{"aws:SecureTransport":true},"NumericLessThan":{"s3:max-keys":[10]}}}',
            why="condition values may be booleans and numbers",
        ),
        Good('{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}'),
        Good(
            '{"Effect":"Allow","Principal":"111122223333","Action":"s3:GetObject","Resource":"*"}',
            kind="resource",
        ),
    ]
    bad = [
        Bad('{"Version":«20121017»,"Statement":[]}'),
        Bad('{"Version":"2012-10-17","Statement":«"none"»}'),
        Bad('{"Effect":«["Allow"]»,"Action":"s3:GetObject","Resource":"*"}'),
        Bad('{"Effect":"Allow","Action":«["s3:GetObject",null]»,"Resource":«{"arn":"*"}»}'),
        Bad('{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:username":«{}»}}}'),
        Bad('{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":«"aws:username"»}}'),
        Bad('{"Effect":"Allow","Principal":{"AWS":«{"id":"1"}»},"Action":"s3:*","Resource":"*"}'),
    ]

    def check(self, policy: Policy, ctx: Context) -> Iterator[Hit]:
        entries: dict[Path, list[tuple[Path, str]]] = {}
        for path, wanted, value in wrong_types(policy):
            text = f"{type_name(value)}; write {wanted}"
            if path and isinstance(path[-1], int):  # AWS answers for the element, once, whatever the number of entries
                entries.setdefault(path[:-1], []).append((path, text))
            else:
                what = f"{quote(path[-1])} holds" if path else "the document is"
                yield self.finding(path, f"{what} {text}")
        for element, wrong in entries.items():
            related = [(path, "this entry") for path, _ in wrong[:20]]
            name = quote(element[-1])
            what = (
                f"an entry of {name} is"
                if len(wrong) == 1
                else f"{len(wrong)} entries of {name} are wrong, the first is"
            )
            yield self.finding(element, f"{what} {wrong[0][1]}", related=related)
