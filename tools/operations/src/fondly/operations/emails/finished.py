"""The finished emails of a run, as people look at them."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel

from fondly.contracts import object_keys
from fondly.contracts.delivery import Dispatch, FinishedEmail, Outcome
from fondly.contracts.records import EmailRecord
from fondly.mailer.domain.run_state import MailerState
from fondly.mailer.use_cases.email_records import EmailRecords
from fondly.operations.delivery.views import DeliveryLookup
from fondly.operations.environment import Environment
from fondly.operations.errors import OperationError
from fondly.runtime.runs.run import Run, StageName
from fondly.runtime.storage import S3Objects


class EmailView(BaseModel):
    """One finished email, and what has become of it."""

    customer_id: str
    subject: str = ""
    preheader: str = ""
    language: str | None = None
    copy_source: str = ""
    variant: str = ""
    """The variant of the subject line, where a shop compares some."""
    made_at: datetime | None = None
    dispatch: Dispatch | None
    """None while nothing is known of it: it has not been sent."""
    held_out: bool = False
    """Whether the customer gets no email, for comparison: nothing has been made, and all else is empty."""


@dataclass(frozen=True)
class Emails:
    """The finished emails of one run."""

    environment: Environment
    objects: S3Objects
    records: EmailRecords
    lookup: DeliveryLookup
    run: Run

    @classmethod
    async def of(cls, environment: Environment, run: Run) -> "Emails":
        """Open the stores that they are kept in."""
        return cls(
            environment,
            await environment.objects(),
            EmailRecords(await environment.items("emails")),
            await DeliveryLookup.of(environment),
            run,
        )

    async def first(self, limit: int) -> list[str]:
        """Return the first customers in the order in which emails go out, those who are held out too."""
        found: list[str] = []
        for part in self.parts:
            found += [each.customer_id for each in await self.mailed(part)]
            if len(found) >= limit:
                break
        return found[:limit]

    async def drawn(self, number: int, *, seed: str) -> dict[int, list[str]]:
        """Return customers by part, drawn at random by a seed; of any run as many parts are read at most."""
        chance = random.Random(seed)  # noqa: S311 - a selection to look at
        draws = Counter(chance.choices(self.parts, k=number)) if self.parts else Counter[int]()
        chosen, others = {}, []
        for part, wanted in sorted(draws.items()):
            customers = [each.customer_id for each in await self.mailed(part) if not each.held_out]
            chance.shuffle(customers)
            chosen[part] = customers[:wanted]
            others += [(part, each) for each in customers[wanted:]]
        missing = number - sum(map(len, chosen.values()))
        for part, customer in others[:missing]:
            chosen[part].append(customer)
        return chosen

    async def with_outcome(self, outcome: Outcome, limit: int) -> list[str]:
        """Return customers whose email has come to this."""
        found, after = list[str](), ""
        while len(found) < limit:
            some, after = await self.lookup.with_outcome(self.run.run_id, outcome, limit=limit, after=after)
            found += [each.customer_id for each in some]
            if not after:
                break
        return found[:limit]

    async def views(self, customer_ids: Sequence[str]) -> list[EmailView]:
        """Return the emails of those of these customers, in this order, who have one or are held out."""
        records = await self.records.existing(self.run.run_id, customer_ids)
        dispatches = await self.lookup.of_customers(self.run.run_id, customer_ids)
        return [
            _view(each, records.get(each), dispatches.get(each))
            for each in customer_ids
            if each in records or self._is_held_out(each)
        ]

    async def view(self, customer_id: str) -> EmailView:
        """Return a customer's email; raise `OperationError` if they have none in this run."""
        found = await self.views([customer_id])
        if not found:
            raise OperationError(f"customer {customer_id} has no email in {self.run.run_id}")
        if found[0].held_out:
            raise OperationError(
                f"customer {customer_id} has no email in {self.run.run_id}: whoever has this id is held out"
            )
        return found[0]

    async def message(self, customer_id: str) -> bytes:
        """Return the whole message; raise `OperationError` if there is none (any more)."""
        found = await self.objects.find(object_keys.email(self.run.run_id, customer_id))
        if found is None:
            raise OperationError(f"customer {customer_id} has no email in {self.run.run_id}, or it is gone")
        return found

    def _is_held_out(self, customer_id: str) -> bool:
        holdout = MailerState.of(self.run).holdout
        return holdout is not None and holdout.has(customer_id)

    async def mailed(self, part: int) -> list[FinishedEmail]:
        """Return the emails of a part, and who is held out."""
        return await self.objects.find_lines(object_keys.mailed(self.run.run_id, part), FinishedEmail)

    @property
    def parts(self) -> list[int]:
        """The parts that are mailed, in order."""
        return sorted(self.run.stage(StageName.MAILER).done)


def _view(customer_id: str, record: EmailRecord | None, dispatch: Dispatch | None) -> EmailView:
    made = {**vars(record), "made_at": record.created_at} if record else {}
    return EmailView(**{**made, "customer_id": customer_id, "dispatch": dispatch, "held_out": record is None})
