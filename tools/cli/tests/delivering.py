"""A finished run whose delivery is decided on, in the emulator."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any, TypeVar

from aiobotocore.session import get_session

from fondly.contracts import object_keys
from fondly.contracts.delivery import Dispatch, FinishedEmail, Outcome
from fondly.contracts.experiments import Holdout
from fondly.contracts.records import CopySource, EmailRecord
from fondly.mailer.domain.run_state import MailerState
from fondly.runtime.aws import CONFIG
from fondly.runtime.runs.deliveries import Deliveries
from fondly.runtime.runs.delivery import Delivery, DeliveryStatus
from fondly.runtime.runs.kept_tallies import KeptTallies
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.run import MAKING
from fondly.runtime.runs.tally import Counts
from fondly.runtime.storage import DynamoDBItems, S3Objects
from fondly.stack.provision import Resources
from tests.support.runs import RUN, a_report, finish_part
from tests.support.tally import counts_of

BY_SETTING = "the setting"
CUSTOMERS = {1: ("c-1", "c-2", "c-3"), 2: ("c-4", "c-5")}
"""The run's customers, by part."""
MADE_AT = datetime(2026, 11, 25, 12, tzinfo=UTC)
Result = TypeVar("Result")


@dataclass(frozen=True)
class FinishedRun:
    """The run, and what tests ask and change in its environment."""

    resources: Resources

    def make(
        self, *, delivery: DeliveryStatus | None = DeliveryStatus.HELD, held_out: str | None = None
    ) -> None:
        """Make the run of two parts with its five emails, and open its delivery; one customer has none."""
        self.do(lambda clients: self._make(clients, held_out))
        if delivery:
            self.deliveries(lambda each: each.open(RUN, status=delivery, by=BY_SETTING))

    def delivery(self) -> Delivery:
        """Return the delivery as it is."""
        return self.deliveries(lambda each: each.get(RUN))

    def deliveries(self, work: Callable[[Deliveries], Awaitable[Result]]) -> Result:
        """Do something to the environment's deliveries."""

        async def at(clients: Any) -> Result:  # noqa: ANN401 - clients have no common type
            return await work(Deliveries(clients["dynamodb"], self.resources.tables["runs"]))

        return self.do(at)

    def dispatched(self, customer_id: str, outcome: Outcome, *, run_id: str = RUN, **values: Any) -> None:  # noqa: ANN401 - fields
        """Record what became of an email, and count it."""
        record = Dispatch(run_id=run_id, customer_id=customer_id, outcome=outcome, at=MADE_AT, **values)

        async def put(clients: Any) -> None:  # noqa: ANN401 - as above
            items = DynamoDBItems(clients["dynamodb"], self.resources.tables["dispatches"])
            await items.put_all([record.model_dump(mode="json", exclude_none=True)])
            tallies = KeptTallies(clients["dynamodb"], self.resources.tables["runs"])
            kept = await tallies.of_part(run_id, 1)
            counts = counts_of(record) + Counts(kept.counts)
            await tallies.replace(run_id, 1, kept, counts=counts, is_open=False)

        self.do(put)

    def do(self, work: Callable[[Any], Awaitable[Result]]) -> Result:
        """Do something with clients of the emulator."""

        async def with_clients() -> Result:
            session: Any = get_session()
            async with (
                session.create_client("dynamodb", config=CONFIG) as dynamodb,
                session.create_client("s3", config=CONFIG) as s3,
            ):
                return await work({"dynamodb": dynamodb, "s3": s3})

        return asyncio.run(with_clients())

    async def _make(self, clients: Any, held_out: str | None) -> None:  # noqa: ANN401 - as above
        ledger = Ledger(clients["dynamodb"], self.resources.tables["runs"])
        objects = S3Objects(clients["s3"], self.resources.buckets["data"])
        emails = DynamoDBItems(clients["dynamodb"], self.resources.tables["emails"])
        run = await ledger.open_run(RUN, source="s3://b/uploads/a.csv")
        await ledger.set_parts(RUN, len(CUSTOMERS))
        if held_out:
            holdout = drawing(held_out)
            await ledger.change_state(run, MailerState, lambda state: state.having(holdout=holdout))
        for part, everybody in CUSTOMERS.items():
            customers = [each for each in everybody if each != held_out]
            for stage in MAKING[:-1]:
                await finish_part(ledger, RUN, part, a_report(stage, part))
            counts = {"emails": len(customers), "customers_held_out": len(everybody) - len(customers)}
            await finish_part(ledger, RUN, part, a_report(MAKING[-1], part, **counts))
            listed = [
                FinishedEmail(customer_id=each, key="", held_out=True)
                if each == held_out
                else finished_email(each)
                for each in everybody
            ]
            await objects.put_lines(object_keys.mailed(RUN, part), listed)
            await emails.put_all([a_record(each).model_dump(mode="json") for each in customers])
            for each in customers:
                await objects.put(
                    object_keys.email(RUN, each), a_message(each), content_type="message/rfc822"
                )
        await ledger.finish(RUN)


def drawing(customer_id: str) -> Holdout:
    """Return a holdout that has this customer of the run, and no other."""
    everybody = [each for customers in CUSTOMERS.values() for each in customers]
    salts = (Holdout(share=0.2, salt=str(number)) for number in count())
    return next(one for one in salts if [each for each in everybody if one.has(each)] == [customer_id])


def finished_email(customer_id: str) -> FinishedEmail:
    """Return what the mailer hands to the sender."""
    return FinishedEmail(
        customer_id=customer_id,
        key=object_keys.email(RUN, customer_id),
        address=f"{customer_id}@customers.example",
        subject=f"For {customer_id}",
    )


def a_record(customer_id: str) -> EmailRecord:
    """Return the record of an email."""
    return EmailRecord(
        run_id=RUN,
        customer_id=customer_id,
        key=object_keys.email(RUN, customer_id),
        subject=f"For {customer_id}",
        preheader="A lamp and more",
        copy_source=CopySource.AI,
        product_ids=("p",),
        created_at=MADE_AT,
    )


def a_message(customer_id: str) -> bytes:
    """Return a customer's email, small but whole."""
    lines = (
        "From: Shop <hello@shop.example>",
        f"To: {customer_id}@customers.example",
        f"Subject: For {customer_id}",
        "Date: Wed, 25 Nov 2026 12:00:00 +0000",
        f"Message-ID: <{customer_id}@shop.example>",
        "List-Unsubscribe: <https://shop.example/unsubscribe?t=YWJj.c2lnbmF0dXJl>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        f"X-Customer-Id: {customer_id}",
        "MIME-Version: 1.0",
        'Content-Type: multipart/alternative; boundary="=_x"',
        "",
        "--=_x",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: quoted-printable",
        "",
        f"A lamp for {customer_id}.",
        "Unsubscribe: https://shop.example/unsubscribe?t=3DYWJj.c2lnbmF0dXJl",
        "--=_x",
        "Content-Type: text/html; charset=utf-8",
        "Content-Transfer-Encoding: quoted-printable",
        "",
        f"<p>A lamp for {customer_id}.</p>",
        '<a href=3D"https://shop.example/unsubscribe?t=3DYWJj.c2lnbmF0dXJl">no more</a>',
        "--=_x--",
        "",
    )
    return "\r\n".join(lines).encode()
