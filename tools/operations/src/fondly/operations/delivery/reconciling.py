"""Settles emails in doubt by their mail server's log. SES's are settled by what it reports."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel

from fondly.contracts.delivery import Outcome
from fondly.contracts.events import DeliverPart, new_event
from fondly.operations.audit import noted
from fondly.operations.delivery.mail_log import MailLog
from fondly.operations.emails.finished import Emails
from fondly.operations.environment import Environment
from fondly.operations.errors import OperationError
from fondly.operations.runs.lookup import find_run
from fondly.runtime.batches import batches
from fondly.runtime.queue.sqs import SQSQueue
from fondly.runtime.runs.delivery import Act, Delivery
from fondly.sender.adapters.polls import DOUBTS_AT_ONCE
from fondly.sender.adapters.ses_notifications import send_event
from fondly.sender.domain.fields import read_fields
from fondly.sender.settings import TransportKind

SENDER, FEEDBACK = "sender", "feedback"


class Reconciled(BaseModel):
    """The customers whose emails were in doubt, by what the logs say of them."""

    accepted: dict[str, str] = {}
    """With the name that the server gave each."""
    refuted: list[str] = []
    """Surely not accepted: tried again."""
    undecided: list[str] = []
    """Not in the logs, which are not complete; or their message is gone."""


async def reconcile(
    environment: Environment, run_id: str, logs: Sequence[Path], *, by: str, dry_run: bool = False
) -> Reconciled:
    """Have emails in doubt that the logs show to be accepted counted as sent, and others tried again.

    The sender does both a moment later. Raises `OperationError` if a log cannot be read, or if none of the
    run's emails by SMTP is in doubt.
    """
    emails = await Emails.of(environment, await find_run(await environment.ledger(), run_id))
    delivery = await emails.lookup.deliveries.get(emails.run.run_id)
    in_doubt, known = await _by_smtp(emails)
    names = {customer: await _message_id(emails, customer) for customer in in_doubt}
    log = await asyncio.to_thread(MailLog, logs, set(names.values()), known)
    approved = (each.at for each in delivery.decisions if each.act in {Act.APPROVE, Act.SAMPLE})
    found, began = Reconciled(), min(approved, default=delivery.opened_at)
    for customer, name in names.items():
        if name in log.accepted:
            found.accepted[customer] = log.accepted[name]
        elif name and log.refutes(began, in_doubt[customer]):
            found.refuted.append(customer)
        else:
            found.undecided.append(customer)
    if not dry_run:
        async with noted(environment, by=by, act="reconcile", about=emails.run.run_id):
            await _tell(environment, emails, delivery, found)
    return found


async def _by_smtp(emails: Emails) -> tuple[dict[str, datetime], dict[str, datetime]]:
    """The customers whose emails are in doubt, and the names that servers gave others; each with its time."""
    in_doubt, known = dict[str, datetime](), dict[str, datetime]()
    async for each in emails.lookup.dispatches(emails.run.run_id):
        if each.transport == TransportKind.SMTP and each.outcome is Outcome.IN_DOUBT:
            in_doubt[each.customer_id] = each.at
        elif each.transport == TransportKind.SMTP and each.outcome is Outcome.SENT:
            known |= {each.provider_id: each.at} if "@" not in each.provider_id else {}
    if not in_doubt:
        raise OperationError(f"no email of {emails.run.run_id} by SMTP is in doubt")
    return in_doubt, known


async def _message_id(emails: Emails, customer_id: str) -> str:
    """How an email names itself, empty if it is gone."""
    try:
        fields = read_fields(await emails.message(customer_id))
    except OperationError:
        return ""
    return next((each.unfolded.strip("<> ") for each in fields if each.is_named(b"message-id")), "")


async def _tell(environment: Environment, emails: Emails, delivery: Delivery, found: Reconciled) -> None:
    """Tell feedback of what was accepted, as SES does, and the sender of what was not, by part."""
    run_id = emails.run.run_id
    feedback = SQSQueue(environment.sqs, await environment.queue_url(FEEDBACK))
    sender = SQSQueue(environment.sqs, await environment.queue_url(SENDER))
    for customer, name in found.accepted.items():
        await feedback.send(send_event(run_id, customer, name))
    refuted = set(found.refuted)
    for part in emails.parts if refuted else ():
        of_part = [each.customer_id for each in await emails.mailed(part) if each.customer_id in refuted]
        for some in batches(of_part, DOUBTS_AT_ONCE):
            data = DeliverPart(part=part, release=delivery.release, doubted=tuple(some), refuted=True)
            await sender.send(new_event(data, run_id=run_id, source=SENDER).body)
