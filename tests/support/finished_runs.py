"""Finished runs without the services that make them: for tests and measurements of their delivery."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256
from typing import Any

from aiobotocore.session import get_session

from fondly.contracts import object_keys
from fondly.contracts.delivery import FinishedEmail
from fondly.contracts.events import RunFinished
from fondly.runtime.aws import CONFIG
from fondly.runtime.batches import batches
from fondly.runtime.parallel import for_each
from fondly.runtime.queue.publisher import Publisher, SNSAnnouncer
from fondly.runtime.runs.run import MAKING
from fondly.runtime.storage import DynamoDBItems
from fondly.stack.observer import Observer

SENDER_DOMAIN = "shop.example.com"
CUSTOMER_DOMAIN = "customers.example.com"
MESSAGE_TYPE = "message/rfc822"
STORED_AT_ONCE = 32


@dataclass(frozen=True)
class Finished:
    """A customer's finished email: what delivery is told of it, and the message."""

    email: FinishedEmail
    message: bytes

    @property
    def customer_id(self) -> str:
        """Whose it is."""
        return self.email.customer_id


async def email_records(observer: Observer, run_id: str) -> dict[str, dict[str, Any]]:
    """Return a run's items in the emails table, by customer id."""
    table = DynamoDBItems(observer.dynamodb, observer.resources.tables["emails"])
    return {item["customer_id"]: item for item in await table.get_group("run_id", run_id)}


def message_id(run_id: str, customer_id: str) -> str:
    """Return the id of a customer's message, in angle brackets."""
    return f"<{sha256(f'{run_id} {customer_id}'.encode()).hexdigest()[:32]}@{SENDER_DOMAIN}>"


def finished_email(
    run_id: str, customer_id: str, *, address: str | None = None, time_zone: str | None = None, body: str = ""
) -> Finished:
    """Return a made-up email of a run; without an address it is one to a customer who has none."""
    to = address or f"{customer_id}@customers.invalid"
    message = EmailMessage(policy=SMTP)
    message["From"] = f"The Shop <hello@{SENDER_DOMAIN}>"
    message["To"] = to
    message["Subject"] = f"Five things for {customer_id}"
    message["Date"] = "Thu, 26 Nov 2026 09:00:00 +0000"
    message["Message-ID"] = message_id(run_id, customer_id)
    message["List-Id"] = f"<recommendations.{SENDER_DOMAIN}>"
    message["List-Unsubscribe"] = "<https://shop.example.com/u?t=x>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["X-Customer-Id"] = customer_id
    message["X-Fondly-Run"] = run_id
    text = body or f"Hello {customer_id}, a lamp at ₹1,099.\r\n.\r\nA line with one full stop is above.\r\n"
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(f"<p>{text}</p>", subtype="html", cte="quoted-printable")
    email = FinishedEmail(
        customer_id=customer_id,
        key=object_keys.email(run_id, customer_id),
        address=address,
        subject=message["Subject"],
        time_zone=time_zone,
    )
    return Finished(email, message.as_bytes())


def made_up_emails(run_id: str, number: int) -> Iterator[Finished]:
    """Yield emails to so many customers, each with an address of their own."""
    for each in range(1, number + 1):
        customer_id = f"C{each:06}"
        yield finished_email(run_id, customer_id, address=f"{customer_id.lower()}@{CUSTOMER_DOMAIN}")


async def store_finished_run(
    observer: Observer, run_id: str, emails: Iterable[Finished], *, part_size: int
) -> int:
    """Store a run whose emails are all made, in parts of so many; return how many parts it has.

    What no delivery reads of a run is not there. Storing it again changes nothing.
    """
    bucket = observer.resources.buckets["data"]
    await observer.ledger.open_run(run_id, source=f"s3://{bucket}/{object_keys.UPLOADS}{run_id}")
    parts = list(batches(list(emails), part_size))
    await observer.ledger.set_parts(run_id, len(parts))
    for part, finished in enumerate(parts, start=1):
        await _store_part(observer, run_id, part, finished)
    await observer.ledger.finish(run_id)
    return len(parts)


async def announce_finished(observer: Observer, run_id: str, *, emails: int) -> None:
    """Announce the end of a run, as the mailer does."""
    data = RunFinished(status="finished", counts={"emails": emails, "customers": emails})
    async with get_session().create_client("sns", config=CONFIG) as sns:
        topics = observer.resources.topic_arns
        await SNSAnnouncer(Publisher(sns), source="mailer", topic_arns=topics).announce(run_id, data)


async def _store_part(observer: Observer, run_id: str, part: int, finished: Sequence[Finished]) -> None:
    async def store(one: Finished) -> None:
        await observer.objects.put(one.email.key, one.message, content_type=MESSAGE_TYPE)

    await for_each(finished, store, parallel=STORED_AT_ONCE)
    await observer.objects.put_lines(object_keys.mailed(run_id, part), [one.email for one in finished])
    for stage in MAKING:
        await observer.ledger.complete_part(run_id, stage, part)


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)
