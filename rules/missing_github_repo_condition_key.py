from collections.abc import Iterator
from functools import partial

from iamlint.rule import (
    GITHUB,
    Bad,
    Context,
    Good,
    Hit,
    Severity,
    Statement,
    StatementRule,
    for_own_repositories,
    oidc_principals,
    quote,
)


class MissingGithubRepoConditionKey(StatementRule):
    """A role trusts GitHub Actions without a condition on the token's subject.

    ## Why it matters
    Workflows of any repository on GitHub get tokens of the same provider. The audience does not tell them apart:
    whoever writes a workflow chooses it. Only the subject names the repository.

    ## What to do instead
    Add `token.actions.githubusercontent.com:sub` with the repository and the branch:
    `repo:acme/web:ref:refs/heads/main`.

    ## References
    - https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.SECURITY_WARNING
    security_severity = 9.5
    aws = "MISSING_GITHUB_REPO_CONDITION_KEY"
    kinds = frozenset(("trust",))
    effect = "Allow"
    elements = frozenset(("Principal",))
    tags = ("security", "external/cwe/cwe-287")

    good = [
        Good(
            '{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity",'
            '"Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},'
            '"Condition":{"StringLike":{"token.actions.githubusercontent.com:SUB":"repo:acme/web:*"}}}'
        ),
        Good(
            '{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity",'
            '"Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/gitlab.com"}}',
            why="another provider",
        ),
        Good(
            '{"Effect":"Deny","Action":"sts:AssumeRoleWithWebIdentity",'
            '"Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}}',
            why="a Deny narrows",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity",'
            '"Principal":{"Federated":«"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"»},'
            '"Condition":{"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"}}}',
            why="the audience is the same for every repository",
            environment={"repositories": ["acme/web:ref:refs/heads/main"]},
            rewritten='{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity",'
            '"Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},'
            '"Condition":{"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com",'
            '"token.actions.githubusercontent.com:sub":"repo:acme/web:ref:refs/heads/main"}}}',
            verdict="narrower",
        ),
        Bad(
            '{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity",'
            '"Principal":{"Federated":«"arn:aws:iam::111122223333:oidc-provider/Token.Actions.GitHubUserContent.com"»},'
            '"Condition":{"StringEquals":{"token.actions.githubusercontent.com:sub_x":"a","aws:sub":"b"}}}',
        ),
        Bad(
            '{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity",'
            '"Principal":{"Federated":«"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com/acme"»}}',
            why="the issuer of one enterprise",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        keys = {condition.key.lower() for condition in statement.conditions}
        for principal, provider in oidc_principals(statement):
            if provider.partition("/")[0] != GITHUB:
                continue
            subject = f"{provider}:sub"
            if subject not in keys:
                yield self.finding(
                    principal,
                    f"workflows of any repository may assume the role; name the repository with {quote(subject)}",
                    rewrite=partial(for_own_repositories, statement, principal, provider, ctx),
                )
