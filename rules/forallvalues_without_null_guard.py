from collections.abc import Iterator
from functools import partial

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, guarded, quote, unguarded_keys


class ForallvaluesWithoutNullGuard(StatementRule):
    """An Allow compares a key under ForAllValues and does not ask whether the key is there.

    ## Why it matters
    `ForAllValues:` holds as long as no value is wrong, hence also where there is none: a request without the key is
    allowed. Where the key tells who calls, or on whose behalf, that lets in everybody about whom nothing is told. Where
    it lists what the request is to do, what the caller leaves out is allowed.

    ## What to do instead
    Add `"Null": {"KEY": "false"}` to the Condition, or use `ForAnyValue:` where one fitting value is enough.

    ## When it can be wrong
    The level is `limited` for keys of what the request asks for, such as `aws:TagKeys`: that requests without any tag
    pass is often meant, and where `IfExists` stands it is taken to be. A test of the same statement that fails without
    the key keeps the rule silent: one on the key itself or, for a list of tag keys, one on a tag.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
    """

    severity = Severity.SECURITY_WARNING
    levels = {"full": Severity.SECURITY_WARNING, "limited": Severity.SUGGESTION}
    security_severity = 5.5
    effect = "Allow"
    elements = frozenset(("Condition",))
    operators = frozenset(("forallvalues",))
    tags = ("security",)

    good = [
        Good(
            '{"Effect":"Allow","Action":"ec2:CreateVolume","Resource":"*","Condition":{"ForAllValues:StringEquals":'
            '{"aws:TagKeys":["team"]},"Null":{"AWS:tagkeys":"false"}}}',
        ),
        Good(
            '{"Effect":"Allow","Action":"ec2:CreateVolume","Resource":"*","Condition":{"ForAllValues:StringEquals":'
            '{"aws:TagKeys":["team"]},"StringEquals":{"aws:RequestTag/team":"x"}}}',
            why="a request with the tag has tag keys",
        ),
        Good(
            '{"Effect":"Allow","Action":"ec2:CreateVolume","Resource":"*","Condition":{"ForAllValues:StringEquals":'
            '{"aws:TagKeys":["team"]},"ForAnyValue:StringLike":{"aws:TagKeys":"t*"}}}',
        ),
        Good(
            '{"Effect":"Allow","Action":"ec2:*","Resource":"*",'
            '"Condition":{"ForAllValues:StringNotLike":{"aws:TagKeys":["aws:*"]}}}',
            why="no value is forbidden where there is none",
        ),
        Good(
            '{"Effect":"Deny","Action":"ec2:*","Resource":"*",'
            '"Condition":{"ForAllValues:StringEquals":{"aws:TagKeys":["team"]}}}',
            why="a Deny gets stricter by it",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"ForAllValues:StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}}',
            why="a key of one value: another rule",
        ),
        Good(
            '{"Effect":"Allow","Action":"kms:CreateGrant","Resource":"*",'
            '"Condition":{"ForAllValues:StringEquals":{"kms:GrantOperations":["Decrypt"]}}}',
            why="there is no such request without it",
        ),
        Good(
            '{"Effect":"Allow","Action":"cloudformation:CreateStack","Resource":"*",'
            '"Condition":{"ForAllValues:StringLikeIfExists":{"cloudformation:ResourceTypes":"AWS::EC2::*"}}}',
            why="IfExists says that it is meant",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Condition":'
            '{"ForAllValues:StringLike":{«"aws:PrincipalOrgPaths"»:"o-a1b2c3d4e5/*"}}}',
            why="callers of no organization have no such key",
            rewritten='{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Condition":'
            '{"ForAllValues:StringLike":{"aws:PrincipalOrgPaths":"o-a1b2c3d4e5/*"},'
            '"Null":{"aws:PrincipalOrgPaths":"false"}}}',
            verdict="narrower",
        ),
        Bad(
            '{"Effect":"Allow","Principal":{"Federated":"idp.example.com"},"Action":"sts:AssumeRoleWithWebIdentity",'
            '"Condition":{"ForAllValues:StringEquals":{«"idp.example.com:groups"»:["admins"]},'
            '"StringEquals":{"idp.example.com:aud":"x"}}}',
        ),
        Bad(
            '{"Effect":"Allow","Action":"ec2:CreateVolume","Resource":"*","Condition":{"forallvalues:StringEquals":'
            '{«"aws:TagKeys"»:["team"]},"StringEqualsIfExists":{"aws:RequestTag/team":"x"}}}',
            level="limited",
            why="IfExists holds without the tag",
        ),
        Bad(
            '{"Effect":"Allow","Action":"kms:Decrypt","Resource":"*","Condition":{"ForAllValues:StringLike":'
            '{«"kms:EncryptionContextKeys"»:"app:*"},"Null":{"kms:EncryptionContextKeys":["true","false"]}}}',
            level="limited",
            why="any outcome of Null will do",
            rewritten='{"Effect":"Allow","Action":"kms:Decrypt","Resource":"*","Condition":{"ForAllValues:StringLike":'
            '{"kms:EncryptionContextKeys":"app:*"},"Null":{"kms:EncryptionContextKeys":"false"}}}',
            verdict="narrower",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for condition, of_caller in unguarded_keys(statement, ctx):
            name = quote(condition.key)
            message = f"`ForAllValues:` also allows requests without {name}; add `Null` with `false` for it"
            yield self.finding(
                condition,
                message,
                level="full" if of_caller else "limited",
                rewrite=partial(guarded, statement, condition),
            )
