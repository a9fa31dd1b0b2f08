"""Who asks, as an unknown, and the `Principal` of policies on resources.

From "IAM JSON policy elements: Principal". An account stands for everybody in it, a role for its sessions, and the
text of the policy alone is looked at: whether the account's own policies allow as well is another question. Keys other
than `aws:PrincipalArn` and `aws:PrincipalAccount` do not follow from the principal here: any may have `aws:username`.
"""

from collections.abc import Iterable
from typing import Any

import z3

from tests.oracle.context import Context
from tests.oracle.terms import STAR, Truth, Unclear, conj, disj, glob, neg
from tests.oracle.texts import Known, Text

_TIED = {"aws:principaltype", "aws:principalisawsservice", "aws:principalservicename"}


class Who:
    """The principal of a request."""

    def __init__(self, context: Context) -> None:
        self.is_aws, self.is_service, self.is_federated = (z3.Bool(f"who.{kind}") for kind in ("aws", "service", "fed"))
        self.partition, self.account, self.session = (
            Text(f"who.{part}", may_be_empty=False, has_colons=False) for part in ("partition", "account", "session")
        )
        self.tail, self.name = Text("who.tail", may_be_empty=False, has_colons=False), Text("who.name")
        self.is_session = z3.Bool("who.is_session")
        if not _TIED.isdisjoint(context.keys):
            raise Unclear("keys that follow from the principal in ways of their own")
        self._tie(context)

    def _tie(self, context: Context) -> None:
        """Makes the keys that tell the principal do so."""
        arn = context.keys.get("aws:principalarn")
        if arn is not None:
            if arn.kind != "text" or arn.is_set:
                raise Unclear("aws:PrincipalArn as something else than one text")
            _, value = arn.slots[0]
            arn.slots = [(self.is_aws, value)]
            arn.present = self.is_aws
            value.is_arn, value.by_fields = True, True
            value.fields = [Known("arn"), self.partition, Known("iam"), Known(""), self.account, self.tail]
        account = context.keys.get("aws:principalaccount")
        if account is not None:
            if account.kind != "text" or account.is_set or account.by_fields:
                raise Unclear("aws:PrincipalAccount as something else than one text")
            _, value = account.slots[0]
            account.slots = [(self.is_aws, value)]
            account.present = self.is_aws
            value.text = self.account

    def rules(self) -> Iterable[Truth]:
        """What holds of every principal; one that is of none of the kinds has no credentials."""
        kinds = (self.is_aws, self.is_service, self.is_federated)
        yield z3.PbLe([(kind, 1) for kind in kinds], 1)
        yield disj(self.tail.like(glob(shape)) for shape in ("root", "user/?*", "role/?*"))
        yield z3.Implies(self.is_session, self.tail.like(glob("role/*")))
        yield neg(self.session.like(glob("*/*")))
        domain = conj(
            [self.name.like(glob("?*.?*")), neg(self.name.like(glob("*/*"))), neg(self.name.like(glob("*:*")))]
        )
        provider = disj(self.name.like(glob(f"arn:?*:iam::?*:{kind}-provider/?*")) for kind in ("saml", "oidc"))
        yield z3.Implies(self.is_service, domain)
        yield z3.Implies(self.is_federated, z3.Or(domain, provider))

    @property
    def texts(self) -> Iterable[Text]:
        """The texts that it consists of."""
        return (self.partition, self.account, self.session, self.tail, self.name)

    def named(self, element: Any) -> Truth:
        """True iff the principal is one of those that `element` lists."""
        if element == "*":
            return True
        if not isinstance(element, dict):
            raise Unclear("a principal that is a bare text")
        return disj(
            self._is(kind, name)
            for kind, names in element.items()
            for name in ([names] if isinstance(names, str) else names)
        )

    def spared(self, element: Any) -> Truth:
        """True iff `NotPrincipal` lists the principal; with accounts in it AWS warns of surprises."""
        for names in element.values() if isinstance(element, dict) else ():
            for name in [names] if isinstance(names, str) else names:
                if name.isdigit() or name.endswith(":root"):
                    raise Unclear("an account in NotPrincipal")
        return self.named(element)

    def _is(self, kind: str, name: str) -> Truth:
        if kind == "AWS" and name == "*":
            return True
        if kind in ("Service", "Federated"):
            is_kind = self.is_service if kind == "Service" else self.is_federated
            return is_kind if name == "*" else conj([is_kind, self.name.like((name,))])
        if kind != "AWS":
            raise Unclear(f"principals of the kind {kind}")
        if name.isdigit():
            return conj([self.is_aws, self.account.like((name,))])
        fields = name.split(":", 5)
        if len(fields) != 6 or fields[0] != "arn" or fields[3] or "*" in name or "?" in name:
            raise Unclear(f"the principal {name}")
        _, partition, service, _, account, tail = fields
        home = [self.is_aws, self.partition.like((partition,)), self.account.like((account,))]
        if service == "iam" and tail == "root":
            return conj(home)
        if service == "iam":
            return conj([*home, self.tail.like((tail,))])
        kind, _, rest = tail.partition("/")
        role, _, session = rest.partition("/")
        if service != "sts" or kind != "assumed-role" or not session:
            raise Unclear(f"the principal {name}")
        by_name = disj([self.tail.like(("role/" + role,)), self.tail.like(("role/", STAR, "/" + role))])
        return conj([*home, by_name, self.is_session, self.session.like((session,))])

    def shown(self, model: Any) -> str:
        """The principal that a model has."""

        def holds(of: Any) -> bool:
            return bool(z3.is_true(model.eval(of, model_completion=True)))

        if holds(self.is_service) or holds(self.is_federated):
            return self.name.shown(model)
        if not holds(self.is_aws):
            return "anonymous"
        partition, account, tail = (part.shown(model) for part in (self.partition, self.account, self.tail))
        if holds(self.is_session):
            return f"arn:{partition}:sts::{account}:assumed-role/{tail.rpartition('/')[2]}/{self.session.shown(model)}"
        return f"arn:{partition}:iam::{account}:{tail}"
