"""What is new in a run against another: how many, at what cost, and what its emails are about."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import suppress

from pydantic import BaseModel

from fondly.contracts.counts import Counted
from fondly.contracts.email_index import EmailIndexSummary
from fondly.operations.emails.index import facets
from fondly.operations.environment import Environment
from fondly.operations.errors import OperationError
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.run import Run
from fondly.runtime.runs.totals import total

COMPARED = (
    *(Counted.CUSTOMERS, Counted.PRODUCTS, Counted.REVIEWS, Counted.REJECTED_ROWS),
    *(Counted.EMAILS, Counted.EMAILS_TEMPLATE_COPY, Counted.EMAILS_MIXED_COPY, Counted.EMAILS_SORRY),
    *(Counted.EMAILS_SUPPRESSED, Counted.EMAILS_FAILED, Counted.CUSTOMERS_HELD_OUT),
)
COST = "cost"


class Difference(BaseModel):
    """A number of a run's, and the other run's."""

    what: str
    """As the run's counts or its index call it, such as `reason:liked`; or the US dollars of making it."""
    now: float
    before: float

    @property
    def share(self) -> float | None:
        """By how much it has grown; None from nothing."""
        return self.now / self.before - 1 if self.before else None


class Comparison(BaseModel):
    """A run beside another."""

    run_id: str
    other: str
    counts: list[Difference]
    facets: list[Difference]
    """How many emails have what."""
    new_categories: list[str]
    """Those of products of which the other run's emails had none, the most frequent first."""
    gone_categories: list[str]


async def compare(environment: Environment, ledger: Ledger, run: Run, other: Run) -> Comparison:
    """Return two runs side by side; a run without an index has no facets and categories."""
    counts = await asyncio.gather(*(_counts(ledger, each) for each in (run, other)))
    index, before = await asyncio.gather(*(_index(environment, each) for each in (run, other)))
    known = bool(index.parts and before.parts)
    return Comparison(
        run_id=run.run_id,
        other=other.run_id,
        counts=list(_differences(*counts)),
        facets=list(_differences(index.totals(), before.totals())),
        new_categories=_only(index, before) if known else [],
        gone_categories=_only(before, index) if known else [],
    )


def _differences(now: Mapping[str, float], before: Mapping[str, float]) -> Iterator[Difference]:
    for what in dict.fromkeys((*now, *before)):
        if now.get(what) or before.get(what):
            yield Difference(what=what, now=now.get(what, 0), before=before.get(what, 0))


def _only(index: EmailIndexSummary, other: EmailIndexSummary) -> list[str]:
    own = {name: each.emails for name, each in index.categories.items() if name not in other.categories}
    return sorted(own, key=lambda name: (-own[name], name))


async def _counts(ledger: Ledger, run: Run) -> dict[str, float]:
    totals = total(await ledger.summed(run.run_id, delivery=False))
    cost = {COST: float(totals.cost_usd.get("total", 0))}
    return {str(each): totals.counts.get(each, 0) for each in COMPARED} | cost


async def _index(environment: Environment, run: Run) -> EmailIndexSummary:
    with suppress(OperationError):
        return await facets(environment, run.run_id)
    return EmailIndexSummary(run_id=run.run_id, parts={}, facets={})
