"""A run's delivery as people see it, and the emails of which something is to be known."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import yaml
from pydantic import BaseModel, TypeAdapter

from fondly.contracts.counts import Counted
from fondly.contracts.delivery import Dispatch, NotSent, Outcome
from fondly.operations.environment import Environment
from fondly.operations.formatting import count, since
from fondly.runtime.batches import batches
from fondly.runtime.runs.deliveries import Deliveries
from fondly.runtime.runs.delivery import Delivery, DeliveryStatus
from fondly.runtime.runs.revisions import Revisions
from fondly.runtime.runs.run import Run, StageName
from fondly.runtime.runs.tally import Tally
from fondly.runtime.storage import MAX_BATCH_GET, DynamoDBItems, expression, from_item, items_of, to_item


class StatusWords(BaseModel):
    """What people are told of a delivery in a status, and what they can do about it."""

    called: str
    meaning: str
    hint: str
    later: str
    next: str = ""


WORDS = TypeAdapter(dict[DeliveryStatus, StatusWords]).validate_python(
    yaml.safe_load(files(__package__).joinpath("statuses.yaml").read_text("utf-8"))
)
REPORTS = {"bounced": ("hard", "soft"), "complaint": ("complaint",)}
"""What providers report of sent emails, which people may ask for as for an outcome."""
LOOKED = 900
"""Through so many emails somebody looks at once for those of an outcome: that takes some 30 read units."""
RECENT = 50
"""The runs whose emails in doubt tell the odds of others."""
TO_LOOK_AT = frozenset({Outcome.REFUSED, Outcome.IN_DOUBT})
"""The outcomes that a person may want to do something about."""


class DeliveryView(BaseModel):
    """A run's delivery: the decisions about it, and what has become of its emails."""

    delivery: Delivery
    emails: int
    """How many emails the run has made."""
    held_out: int = 0
    """How many customers get none, for comparison: nothing was made for them."""
    without_address: int = 0
    """How many of the emails have no address to go to."""
    parts: int
    parts_done: int
    tally: Tally
    seeds: Tally
    """The copies of the latest sample that went to seeds instead of customers."""
    dispatches: list[Dispatch] | None = None
    """The dispatches that were asked for; None if none were."""
    rendering: int = 0
    """How many parts are still being rendered anew, as somebody has struck something."""
    decided: dict[str, int] = {}
    """If emails are in doubt: how many of the latest runs were, by what has been found out of them since."""
    rules: dict[str, Any] | None = None
    """How the sender is set, for whoever decides; None if that cannot be told, or was not asked for."""

    @property
    def untouched(self) -> int:
        """Of how many emails and held-out customers nothing is known yet."""
        return max(0, self.emails + self.held_out - sum(self.tally.outcomes.values()))

    @property
    def odds(self) -> str:
        """What became of emails like those that are in doubt, for people."""
        if not (known := sum(self.decided.values())):
            return "of no such email has it been found out here yet"
        accepted = self.decided.get("sent", 0) / known
        return f"of {count(known)} such emails that were found out, {accepted:.0%} had been accepted"

    @property
    def settled(self) -> int:
        """How many emails are settled; who is held out has none."""
        return self.tally.settled - self.tally.suppressed.get(NotSent.HOLDOUT, 0)


@dataclass(frozen=True)
class DeliveryLookup:
    """Reads deliveries and dispatches of one environment."""

    environment: Environment
    deliveries: Deliveries
    revisions: Revisions

    @classmethod
    async def of(cls, environment: Environment) -> "DeliveryLookup":
        """Open the runs table of an environment."""
        opened = environment.dynamodb, await environment.table("runs")
        return cls(environment, Deliveries(*opened), Revisions(*opened))

    async def statuses(self, runs: Sequence[Run]) -> Mapping[str, DeliveryStatus]:
        """Return the status of those runs' deliveries that exist, by run id."""
        ended = [run.run_id for run in runs if run.has_ended]
        found = [
            each for some in batches(ended, MAX_BATCH_GET) for each in await self.deliveries.listed(some)
        ]
        return {each.run_id: each.status for each in found}

    async def view(
        self, run: Run, *, counts: Mapping[str, int], listed: frozenset[Outcome] = frozenset()
    ) -> DeliveryView | None:
        """Return a run's delivery by its totals, with the dispatches of some outcomes; None without one."""
        delivery = await self.deliveries.find(run.run_id)
        if delivery is None:
            return None
        read = self.dispatches(run.run_id)
        found = [each async for each in read if each.outcome in listed] if listed else None
        tally = await self.deliveries.tally(run.run_id)
        return DeliveryView(
            delivery=delivery,
            emails=counts.get(Counted.EMAILS, 0),
            held_out=counts.get(Counted.CUSTOMERS_HELD_OUT, 0),
            without_address=counts.get(Counted.EMAILS_WITHOUT_ADDRESS, 0),
            parts=run.parts or 0,
            parts_done=len(run.stage(StageName.SENDER).done),
            tally=tally,
            decided=await self._decided() if tally.of(Outcome.IN_DOUBT) else {},
            seeds=await self.deliveries.tally(delivery.copies) if delivery.seeds else Tally(),
            dispatches=found,
            rendering=(await self.revisions.find(run.run_id)).rendering,
        )

    async def _decided(self) -> dict[str, int]:
        """Count what has been found out of emails in doubt, over the latest runs."""
        recent = await (await self.environment.ledger()).recent(limit=RECENT)
        tallies = await asyncio.gather(*(self.deliveries.tally(run.run_id) for run in recent.runs))
        return dict(sum((Counter[str](each.doubts) for each in tallies), Counter[str]()))

    async def of_customers(self, run_id: str, customer_ids: Sequence[str]) -> dict[str, Dispatch]:
        """Return what has become of these customers' emails, by customer id, as far as anything has."""
        items = DynamoDBItems(self.environment.dynamodb, await self.environment.table("dispatches"))
        found = await items.get_all([{"run_id": run_id, "customer_id": each} for each in customer_ids])
        return {each.customer_id: each for each in map(Dispatch.model_validate, found)}

    async def outcomes(self, run_id: str) -> dict[str, int]:
        """Return how many emails have each outcome or report, as far as a tally is kept."""
        tally = await self.deliveries.tally(run_id)
        reports = {name: sum(tally.bounced.get(each, 0) for each in of) for name, of in REPORTS.items()}
        return {str(name): number for name, number in (*tally.outcomes.items(), *reports.items()) if number}

    async def with_outcome(
        self, run_id: str, outcome: str, *, limit: int, after: str = ""
    ) -> tuple[list[Dispatch], str]:
        """Look through some emails for those of an outcome, or with a report such as `bounced`.

        `after` is the customer after whom to begin; returned is after whom to go on, empty at the end.
        """
        member, values = ("bounced", REPORTS[outcome]) if outcome in REPORTS else ("outcome", (outcome,))
        names = {f":{number}": each for number, each in enumerate(values)}
        asked: dict[str, Any] = expression({":run": run_id, **names})
        if after:
            asked["ExclusiveStartKey"] = to_item({"run_id": run_id, "customer_id": after})
        reply = await self.environment.dynamodb.query(
            TableName=await self.environment.table("dispatches"),
            KeyConditionExpression="run_id = :run",
            FilterExpression=f"{member} IN ({', '.join(names)})",
            Limit=LOOKED,
            **asked,
        )
        found = [Dispatch.model_validate(from_item(each)) for each in reply["Items"]]
        if len(found) > limit:
            return found[:limit], found[limit - 1].customer_id
        return found, str(from_item(reply.get("LastEvaluatedKey", {})).get("customer_id", ""))

    async def dispatches(self, run_id: str) -> AsyncIterator[Dispatch]:
        """Yield what is known of a run's emails, by customer id; none in an environment without a sender."""
        dynamodb, table = self.environment.dynamodb, await self.environment.table("dispatches")
        wanted: dict[str, Any] = {"KeyConditionExpression": "run_id = :run", "ConsistentRead": True}
        async for item in items_of(dynamodb, "query", table, {":run": run_id}, **wanted):
            yield Dispatch.model_validate(item)


def standing(delivery: Delivery) -> str:
    """Say in one line why something cannot be decided of a delivery now, and what can."""
    words = WORDS[delivery.status]
    return f"{delivery.run_id} {words.called}: {words.hint}"


def starts_later(delivery: Delivery) -> bool:
    """Whether a delivery is approved and waits for its start."""
    return delivery.status.goes_out and delivery.starts_at is not None and since(delivery.starts_at) < 0
