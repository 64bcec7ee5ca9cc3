"""Approvals bound to what was shown: whoever says yes names the digest of the facts that they judged.

Whatever changes between the look and the yes voids it, and the difference is told. A digest begins with what
it takes to tell it: how many decisions, which revision, how many emails; then come the rules of sending and
all facts together.
"""

import json
from collections.abc import Iterator
from hashlib import sha256
from itertools import chain
from typing import Any

from fondly.contracts.revisions import Revision, Strike
from fondly.operations.delivery.approving import Approving, note
from fondly.operations.delivery.terms import Terms
from fondly.operations.delivery.views import DeliveryView
from fondly.operations.errors import ChangedError
from fondly.operations.formatting import counted
from fondly.runtime.runs.deliveries import SHOWN, Judged, StaleDecisionError, person
from fondly.runtime.runs.delivery import Decision
from fondly.runtime.runs.revisions import Revisions

DIGEST_CHARS = 16
SHOWN_CHARS = 60


def seen(view: DeliveryView) -> str:
    """Return the digest of what a person judges before they decide.

    That is the decisions, terms and complaints of the delivery, its revision, how many emails there are and
    for whom, and the rules of sending; how far the sender is does not count.
    """
    delivery = view.delivery
    numbers = len(delivery.decisions), delivery.revision, view.emails, view.held_out
    shown = delivery.model_dump(mode="json", include=SHOWN | {"run_id"})
    return "-".join((*map(str, numbers), _digest(view.rules), _digest([shown, _facts(view)])))


async def approve(approving: Approving, terms: Terms, *, by: str, seen: str, why: str = "") -> DeliveryView:
    """Approve a run's emails, or a sample of them, as they were `seen`; return the delivery.

    Where two people have to approve, the first approval leaves it held. Raises `ChangedError` with what has
    changed since it was seen, and `OperationError` if it cannot be approved as things stand.
    """
    view = await approving.view(terms.act)
    if not _is_as(view, seen):
        raise ChangedError(await _difference(approving, view, seen))
    judged = Judged(view.delivery, _digest(_facts(view)))
    kept = note(why, approving.plan(view, terms))
    try:
        return await approving.decide(terms.act, by=by, note=kept, judged=judged, **terms.changes)
    except StaleDecisionError as error:
        current = await approving.current()
        raise ChangedError(await _difference(approving, current, seen)) from error


def _is_as(view: DeliveryView, digest: str) -> bool:
    return seen(view) == digest


def second_of(view: DeliveryView, by: str) -> str:
    """Say what an approval by somebody is where two people have to approve; empty where one does."""
    first = view.delivery.first
    if view.delivery.approvers == 1:
        return ""
    if first is None or person(first.by) == person(by):
        return "two people have to approve: another one after you, the same"
    return f"{person(first.by)} has approved first: the same by you lets it go out, anything else begins anew"


def struck(strike: Strike) -> str:
    """Name what was struck, for people; customers by their digest."""
    if strike.wording:
        text = f" “{strike.text[:SHOWN_CHARS]}”" if strike.text else f" {strike.wording}"
        edited = f", now “{strike.instead[:SHOWN_CHARS]}”" if strike.instead else ""
        return f"the {strike.field or 'wording'}{text}{edited}"
    whose = f" of customer {strike.customer}" if strike.customer else ""
    return f"product {strike.product_id}{whose}" if strike.product_id else f"the email{whose}"


async def _difference(approving: Approving, view: DeliveryView, seen_as: str) -> str:
    """Say in one line what has changed since something was seen."""
    revisions = Revisions(approving.environment.dynamodb, await approving.environment.table("runs"))
    found = (await revisions.find(approving.run.run_id)).revisions
    changes = "; ".join(_changes(view, found, seen_as))
    return f"{approving.run.run_id} is not what you were shown: {changes}. Look again, then decide"


def _changes(view: DeliveryView, revisions: tuple[Revision, ...], seen_as: str) -> Iterator[str]:
    *numbers, rules, _ = seen_as.split("-") if seen_as.count("-") == seen(view).count("-") else ["", ""]
    if not numbers or not all(each.isdecimal() for each in numbers):
        yield "it was shown by another release, or never"
        return
    decisions, revision, emails, held_out = map(int, numbers)
    told = list(
        chain(
            map(_decided, view.delivery.decisions[decisions:]),
            (_revised(each) for each in revisions if each.number > revision),
            _counts(view, emails, held_out),
            ["the rules of sending are others"] if rules != _digest(view.rules) else [],
        )
    )
    yield from told or ["its terms or complaints are others, or another run was shown"]


def _counts(view: DeliveryView, emails: int, held_out: int) -> Iterator[str]:
    if view.emails != emails:
        yield f"it has {counted(view.emails, 'email')}, not {emails:,}"
    if view.held_out != held_out:
        yield f"{counted(view.held_out, 'customer')} are held out, not {held_out:,}"


def _decided(decision: Decision) -> str:
    why = f" ({decision.note})" if decision.note else ""
    return f"{person(decision.by)} decided `{decision.act}` at {decision.at:%H:%M} UTC{why}"


def _revised(revision: Revision) -> str:
    return f"{person(revision.by)} struck {', '.join(map(struck, revision.strikes))}"


def _facts(view: DeliveryView) -> list[Any]:
    """What a person judges that is not in the delivery's item."""
    return [view.emails, view.held_out, view.without_address, view.rendering, view.rules]


def _digest(value: object) -> str:
    return sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:DIGEST_CHARS]
