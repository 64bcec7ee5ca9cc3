"""Approvals bound to what was shown: whoever says yes names the digest of the facts that they judged.

Whatever changes between the look and the yes voids it, and the difference is told. A digest begins with what
it takes to tell it: how many decisions, which revision, how many emails, and the rules of sending.
"""

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Annotated

from pydantic import BaseModel, Field

from fondly.contracts.revisions import Revision, Strike
from fondly.operations.delivery.approving import Approving, reason_given
from fondly.operations.delivery.terms import Terms
from fondly.operations.delivery.views import DeliveryView
from fondly.operations.environment import Environment
from fondly.operations.errors import ChangedError
from fondly.operations.formatting import counted
from fondly.runtime.runs.deliveries import SHOWN, StaleDecisionError, person
from fondly.runtime.runs.delivery import Act
from fondly.runtime.runs.revisions import Revisions

DIGEST_CHARS = 16
Emails = Annotated[int, Field(ge=1)]


def seen(view: DeliveryView) -> str:
    """Return the digest of what a person judges before they decide.

    That is the decisions, terms and complaints of the delivery, its revision, how many emails there are and
    for whom, and the rules of sending; how far the sender is does not count.
    """
    delivery = view.delivery
    shown = delivery.model_dump(mode="json", include=SHOWN | {"run_id"})
    numbers = (len(delivery.decisions), delivery.revision, view.emails)
    return "-".join((*map(str, numbers), _digest(view.rules), _digest(shown, _facts(view))))


class SeenDelivery(BaseModel):
    """A run's delivery, with the digest that a decision on it names."""

    seen: str
    view: DeliveryView

    @classmethod
    def of(cls, view: DeliveryView) -> "SeenDelivery":
        """Return a delivery as it is shown."""
        return cls(seen=seen(view), view=view)


async def delivery(environment: Environment, run_id: str) -> SeenDelivery:
    """Show the delivery of a run: decisions, terms, and what has become of its emails."""
    return SeenDelivery.of(await (await Approving.of(environment, run_id)).current())


async def approve(
    environment: Environment,
    run_id: str,
    *,
    sample: Emails | None = None,
    seeds: list[str] | None = None,
    at: str | None = None,
    per_hour: Emails | None = None,
    why: str | None = None,
    seen: str,
    by: str,
) -> SeenDelivery:
    """Approve a run's emails, or a sample of them, as they were shown."""
    terms = Terms.of(sample=sample, seeds=",".join(seeds) if seeds else None, at=at, per_hour=per_hour)
    approving, reason = await Approving.of(environment, run_id), reason_given(why)
    return SeenDelivery.of(await take(approving, terms, by=by, seen=seen, why=reason))


async def decide(
    environment: Environment, run_id: str, *, act: Act, why: str | None = None, seen: str, by: str
) -> SeenDelivery:
    """Decide on a delivery as it was shown: reject it for good, or go on with it."""
    approving, reason = await Approving.of(environment, run_id), reason_given(why)
    return SeenDelivery.of(await take(approving, act, by=by, seen=seen, why=reason))


async def stop(
    environment: Environment, run_id: str, *, act: Act, why: str | None = None, by: str
) -> SeenDelivery:
    """Pause a delivery, or hold it, at once and however it was shown."""
    approving = await Approving.of(environment, run_id)
    return SeenDelivery.of(await approving.decide(act, by=by, note=reason_given(why)))


async def take(approving: Approving, what: Terms | Act, *, by: str, seen: str, why: str = "") -> DeliveryView:
    """Approve a run's emails on terms, or take another decision, as they were `seen`; return the delivery.

    Where two people have to approve, the first approval leaves it held. Raises `ChangedError` with what has
    changed since it was seen, and `OperationError` if that cannot be decided as things stand.
    """
    act, changes = (what.act, what.changes) if isinstance(what, Terms) else (what, {})
    view = await approving.view(act)
    await _require_same(approving, view, seen)
    if isinstance(what, Terms):
        terms = (await approving.plan(view, what)).terms
        why = f"{why.rstrip('.')}. {terms}" if why else terms
    try:
        return await approving.decide(
            act, by=by, note=why, judged=view.delivery, facts=_facts(view), **changes
        )
    except StaleDecisionError:
        await _require_same(approving, await approving.current(), seen)
        raise


def second_of(view: DeliveryView, by: str) -> str:
    """Say what an approval by somebody is where two people have to approve; empty where one does."""
    first = view.delivery.first
    if view.delivery.approvers == 1:
        return ""
    if first is None or person(first[0]) == person(by):
        return "two people have to approve: another one after you, the same"
    return f"{person(first[0])} has approved first: the same by you lets it go out, anything else begins anew"


def struck(strike: Strike) -> str:
    """Name what was struck, for people; customers by their digest."""
    whose = f" of customer {strike.customer}" if strike.customer else ""
    if not strike.wording:
        return f"product {strike.product_id}{whose}" if strike.product_id else f"the email{whose}"
    edited = f", now “{strike.instead}”" if strike.instead else ""
    return f"the {strike.field} {f'“{strike.text}”' if strike.text else strike.wording}{edited}"


async def _require_same(approving: Approving, view: DeliveryView, was: str) -> None:
    """Raise `ChangedError` that says in one line what has changed since something was seen."""
    if seen(view) == was:
        return
    revisions = Revisions(approving.environment.dynamodb, await approving.environment.table("runs"))
    found = (await revisions.find(approving.run.run_id)).revisions
    changes = "; ".join(_changes(view, found, was)) or "its terms, its complaints or the customers are others"
    raise ChangedError(
        f"{approving.run.run_id} is not what you were shown: {changes}. Look again, then decide"
    )


def _changes(view: DeliveryView, revisions: tuple[Revision, ...], was: str) -> Iterator[str]:
    shown = was.split("-")
    if len(shown) != len(seen(view).split("-")) or not all(each.isdecimal() for each in shown[:3]):
        yield "it was shown by another release, or never"
        return
    decisions, revision, emails = map(int, shown[:3])
    for each in view.delivery.decisions[decisions:]:
        why = f" ({each.note})" if each.note else ""
        yield f"{person(each.by)} decided `{each.act}` at {each.at:%H:%M} UTC{why}"
    for made in revisions:
        if made.number > revision:
            yield f"{person(made.by)} struck {', '.join(map(struck, made.strikes))}"
    if view.emails != emails:
        yield f"it has {counted(view.emails, 'email')}, not {emails:,}"
    if shown[3] != _digest(view.rules):
        yield "the rules of sending are others"


def _facts(view: DeliveryView) -> str:
    """Return a digest of what a person judges that is not in the delivery's item."""
    return _digest(view.emails, view.held_out, view.without_address, view.rules)


def _digest(*values: object) -> str:
    return sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()[:DIGEST_CHARS]
