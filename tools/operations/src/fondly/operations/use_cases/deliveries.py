"""The delivery of a run: what somebody judges, and what they decide."""

from typing import Annotated

from pydantic import BaseModel, Field

from fondly.contracts.revisions import RunRevisions
from fondly.operations.delivery import approval
from fondly.operations.delivery.approving import Approving, reason_given
from fondly.operations.delivery.striking import Striking
from fondly.operations.delivery.terms import Terms
from fondly.operations.delivery.views import DeliveryView
from fondly.operations.environment import Environment
from fondly.runtime.runs.delivery import Act

Emails = Annotated[int, Field(ge=1)]


class ShownDelivery(BaseModel):
    """A run's delivery, with the digest that a decision on it names."""

    seen: str
    view: DeliveryView

    @classmethod
    def of(cls, view: DeliveryView) -> "ShownDelivery":
        """Return a delivery as it is shown."""
        return cls(seen=approval.seen(view), view=view)


async def delivery(environment: Environment, run_id: str) -> ShownDelivery:
    """Show the delivery of a run: decisions, terms, and what has become of its emails."""
    return ShownDelivery.of(await (await Approving.of(environment, run_id)).current())


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
) -> ShownDelivery:
    """Approve a run's emails, or a sample of them, as they were shown."""
    terms = Terms.of(sample=sample, seeds=",".join(seeds) if seeds else None, at=at, per_hour=per_hour)
    approving, reason = await Approving.of(environment, run_id), reason_given(why)
    if not terms.seeds:
        await approving.require_reader()
    return ShownDelivery.of(await approval.approve(approving, terms, by=by, seen=seen, why=reason))


async def decide(
    environment: Environment, run_id: str, *, act: Act, why: str | None = None, seen: str, by: str
) -> ShownDelivery:
    """Decide on a delivery as it was shown: reject it for good, or go on with it."""
    approving = await Approving.of(environment, run_id)
    return ShownDelivery.of(await approval.decide(approving, act, by=by, seen=seen, why=reason_given(why)))


async def stop(
    environment: Environment, run_id: str, *, act: Act, why: str | None = None, by: str
) -> ShownDelivery:
    """Pause a delivery, or hold it, at once and however it was shown."""
    approving = await Approving.of(environment, run_id)
    if act is not Act.HOLD:  # a run that has not finished can be held, too
        await approving.view(act)
    return ShownDelivery.of(await approving.decide(act, by=by, note=reason_given(why)))


async def strike(
    environment: Environment,
    run_id: str,
    *,
    wording: str = "",
    product: str = "",
    email: str = "",
    instead: str = "",
    why: str | None = None,
    by: str,
) -> RunRevisions:
    """Strike a wording, a product or an email of a run; what is concerned is rendered anew, unpaid."""
    striking, reason = await Striking.of(await Approving.of(environment, run_id)), reason_given(why)
    wanted = await striking.named(wording=wording, product=product, email=email, instead=instead)
    return await striking.strike(wanted, by=by, why=reason)


async def revisions(environment: Environment, run_id: str) -> RunRevisions:
    """Show what has been struck of a run's emails, and what is still to be rendered anew."""
    return await (await Striking.of(await Approving.of(environment, run_id))).known()
