from collections.abc import Iterator
from functools import partial

from iamlint.rule import (
    GITHUB,
    Bad,
    Condition,
    Context,
    Good,
    Hit,
    Option,
    Severity,
    Statement,
    StatementRule,
    has_wildcard,
    oidc_principals,
    parse_operator,
    quote,
    whole_subject,
)


class SpecificGithubRepoAndBranchRecommended(StatementRule):
    """A role trusts workflows of GitHub without naming one repository and one branch.

    ## Why it matters
    Whoever can make a workflow run with a subject that fits gets the role: with `repo:acme/web:*` that is a pull
    request's, or any branch's; with an environment that is what the settings of the repository let into it.

    ## What to do instead
    Write the whole subject: `repo:acme/web:ref:refs/heads/main`.

    ## When it can be wrong
    An environment that takes only protected branches is as good as a branch; AWS reports it all the same, and even
    where the policy also tests `token.actions.githubusercontent.com:ref`. With the option `ref-key` that test counts.

    ## References
    - https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.WARNING
    aws = "SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED"
    kinds = frozenset(("trust",))
    effect = "Allow"
    elements = frozenset(("Principal",))
    condition_keys = frozenset((":sub",))
    tags = ("federation",)
    options = {"ref-key": Option(False, "a condition that names one branch under the key `:ref` counts as naming it")}

    good = [
        Good(
            '{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity",'
            '"Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},'
            '"Condition":{"StringEquals":{"token.actions.githubusercontent.com:sub":"repo:acme/web:ref:refs/heads/main"}}}'
        ),
        Good(
            '{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity",'
            '"Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},'
            '"Condition":{"StringLike":{"Token.Actions.GitHubUserContent.com:sub":"repo:acme@7/web@8:ref:refs/tags/v1"}}}',
            why="ids beside the names, and a tag",
        ),
        Good(
            '{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity",'
            '"Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/gitlab.com"},'
            '"Condition":{"StringLike":{"gitlab.com:sub":"project_path:acme/*"}}}',
            why="another provider",
        ),
        Good(
            '{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity",'
            '"Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},'
            '"Condition":{"StringEquals":{"token.actions.githubusercontent.com:sub":"repo:acme/web:environment:prod",'
            '"token.actions.githubusercontent.com:ref":"refs/heads/main"}}}',
            options={"ref-key": True},
        ),
        Good(
            '{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity",'
            '"Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},'
            '"Condition":{"StringEquals":{"token.actions.githubusercontent.com:sub":"repo:acme/web:ref:refs/heads/main"},'
            '"StringNotLike":{"token.actions.githubusercontent.com:sub":"repo:acme/*:pull_request"}}}',
            why="what is kept out need not be specific",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity",'
            '"Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},'
            '"Condition":{"StringEquals":{"token.actions.githubusercontent.com:sub":«"repo:acme/web:environment:prod"»}}}',
            why="no branch",
        ),
        Bad(
            '{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity",'
            '"Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},'
            '"Condition":{"StringLike":{"token.actions.githubusercontent.com:sub":«"repo:acme/web:*"»}}}',
            why="any branch, and pull requests",
            environment={"repositories": ["acme/web:ref:refs/heads/main", "acme/api:ref:refs/heads/main"]},
            rewritten='{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity",'
            '"Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},'
            '"Condition":{"StringLike":'
            '{"token.actions.githubusercontent.com:sub":"repo:acme/web:ref:refs/heads/main"}}}',
            verdict="narrower",
        ),
        Bad(
            '{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity",'
            '"Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},'
            '"Condition":{"StringLike":{"token.actions.githubusercontent.com:SUB":['
            '"repo:acme/web:ref:refs/heads/main",«"repo:acme/web:*"»,«"repo:acme/web:ref:refs/heads/release-?"»]}}}',
        ),
        Bad(
            '{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity",'
            '"Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},'
            '"Condition":{"StringEquals":{"token.actions.githubusercontent.com:sub":«"repo:acme/web:environment:prod"»,'
            '"token.actions.githubusercontent.com:ref":"refs/heads/main"}}}',
            why="AWS does not count the other key",
        ),
        Bad(
            '{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity",'
            '"Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},'
            '"Condition":{"StringNotEquals":{«"token.actions.githubusercontent.com:sub"»:"repo:acme/web:pull_request"}}}',
            why="every other repository fits",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        providers = {name for _, name in oidc_principals(statement) if name.partition("/")[0] == GITHUB}
        subjects = _conditions(statement, {f"{name}:sub" for name in providers})
        naming = [condition for condition in subjects if _names(condition)]
        if subjects and not naming:
            message = f"{quote(subjects[0].key)} names no repository"
            yield self.finding(subjects[0], f"{message}; compare it with the subject that may assume the role")
        refs = _conditions(statement, {f"{name}:ref" for name in providers}) if ctx.option(self, "ref-key") else []
        has_branch = any(_names(c) and c.values and not any(has_wildcard(v.text) for v in c.values) for c in refs)
        for condition in naming:
            for item in condition.values:
                if has_wildcard(item.text):
                    wrong = f"{quote(item)} lets in every workflow whose subject fits"
                elif ":ref:" not in item.text and not has_branch:
                    wrong = f"{quote(item)} names no branch"
                else:
                    continue
                message = f"{wrong}; write it out, as in `repo:OWNER/NAME:ref:refs/heads/BRANCH`"
                yield self.finding(item, message, rewrite=partial(whole_subject, statement, item, ctx))


def _conditions(statement: Statement, keys: set[str]) -> list[Condition]:
    return [condition for condition in statement.conditions if condition.key.lower() in keys]


def _names(condition: Condition) -> bool:
    """True iff the condition asks for one of its values."""
    operator = parse_operator(condition.operator)
    return operator is not None and operator.family == "String" and not operator.negated
