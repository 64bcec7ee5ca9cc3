"""A message of the feedback queue: a customer's request, a notification of the provider's, or a mail."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from fondly.contracts.click_links import ClickLinks
from fondly.contracts.delivery import NotSent
from fondly.contracts.errors import PermanentError
from fondly.contracts.tokens import TEST_TOKEN, UNSUBSCRIBE, verify
from fondly.runtime.logs import bind_event, get_logger
from fondly.runtime.metrics import Metric, emit
from fondly.runtime.queue.message import Message
from fondly.sender.adapters.ses_notifications import is_notification, read_notification
from fondly.sender.domain.clicks import query_of
from fondly.sender.domain.mail_reports import MailReport, is_mail_report, read_mail_report
from fondly.sender.domain.notifications import (
    About,
    Notification,
    NotificationError,
    NotificationKind,
    ReceivedMail,
)
from fondly.sender.domain.requests import Request, RequestError, token_of
from fondly.sender.domain.returned_mail import Unread, read_mail
from fondly.sender.use_cases.believe_report import BelieveReport
from fondly.sender.use_cases.find_dispatch import FindDispatch
from fondly.sender.use_cases.keep_preferences import KeepPreferences
from fondly.sender.use_cases.take_bounce import TakeBounce
from fondly.sender.use_cases.take_click import TakeClick
from fondly.sender.use_cases.take_complaint import TakeComplaint
from fondly.sender.use_cases.unsubscribe import Unsubscribe

LINK, MAIL = "unsubscribe link", "unsubscribe mail"
REPORT = "report by mail"
MS_PER_S = 1_000
Read = TypeVar("Read")
log = get_logger()


@dataclass(frozen=True)
class Signatures:
    """The keys that sign tokens, and those that ever did."""

    keys: Sequence[bytes]

    def customer_of(self, token: str) -> str | None:
        """Return the customer whom a token names, if one of the keys has signed it to unsubscribe."""
        return verify(self.keys, UNSUBSCRIBE, token)

    def is_signed(self, token: str) -> bool:
        """Whether one of the keys has signed a token to unsubscribe."""
        return self.customer_of(token) is not None


@dataclass(frozen=True, kw_only=True)
class FeedbackHandler:
    """Does what a message asks for.

    What is malformed becomes a dead letter: the fault is ours. What no key of ours has signed is dropped and
    counted: anybody may send it, and must not be able to wake an operator.
    """

    signatures: Signatures
    unsubscribe: Unsubscribe
    keep_preferences: KeepPreferences
    believe_report: BelieveReport
    find_dispatch: FindDispatch
    take_bounce: TakeBounce
    take_complaint: TakeComplaint
    take_click: TakeClick

    async def __call__(self, message: Message) -> None:
        """Handle one message; a token proves a request, and the queue's policy who sends notifications."""
        at = datetime.fromtimestamp(message.sent_ms / MS_PER_S, UTC)
        if is_mail_report(message.body):
            await self._report(_read(read_mail_report, message.body), at)
        elif is_notification(message.body):
            await self._notified(message.body, at)
        elif (query := query_of(message.body)) is not None:
            await self._click(query, at)
        else:
            await self._request(message)

    async def _notified(self, body: str, at: datetime) -> None:
        notification = _read(read_notification, body)
        match notification:
            case None:
                log.info("notification_ignored")
            case ReceivedMail(content):
                await self._mail(content, at)
            case Notification():
                await self._notification(notification)
            case About():
                await self.find_dispatch.run(notification)

    async def _notification(self, notification: Notification) -> None:
        bind_event(run_id=notification.run_id or "", event_id=notification.feedback_id)
        take = self.take_complaint if notification.kind is NotificationKind.COMPLAINT else self.take_bounce
        await take.run(notification)

    async def _mail(self, content: bytes, at: datetime) -> None:
        found = read_mail(content, self.signatures.is_signed)
        match found:
            case Request():
                await self._unsubscribe(found)
            case MailReport():
                await self._report(found, at)
            case Unread():
                mail_unread(found)

    async def _report(self, report: MailReport, at: datetime) -> None:
        customer_id = self.signatures.customer_of(report.token)
        if customer_id is None:
            _forged("report")
            return
        notification = await self.believe_report.run(report, customer_id, at)
        if notification.kind is NotificationKind.COMPLAINT:
            await self.unsubscribe.run(customer_id, reason=NotSent.COMPLAINT, source=REPORT)
        await self._notification(notification)

    async def _click(self, query: str, at: datetime) -> None:
        click = ClickLinks(tuple(self.signatures.keys)).click(query)
        if click is None:
            _forged("click")
            return
        bind_event(run_id=click.run_id, event_id="")
        await self.take_click.run(click, at)
        log.info("click_counted")

    async def _request(self, message: Message) -> None:
        token = token_of(message.body)
        if token == TEST_TOKEN:
            log.info("test_request_ignored")
            return
        customer_id = self.signatures.customer_of(token)
        if customer_id is None:
            _forged("request")
            return
        try:
            request = Request.of_message(message.body)
        except RequestError as error:
            raise PermanentError(f"not a request: {error}") from None
        if request.preferences is None:
            await self._unsubscribe(request)
        else:
            await self.keep_preferences.run(customer_id, request.preferences, chosen_at=message.sent_ms)
            emit({Metric.PREFERENCES_KEPT: 1})

    async def _unsubscribe(self, request: Request) -> None:
        customer_id = self.signatures.customer_of(request.token)
        if customer_id is None:
            _forged("request")
            return
        source = MAIL if request.by_mail else LINK
        await self.unsubscribe.run(customer_id, reason=NotSent.UNSUBSCRIBED, source=source)
        emit({Metric.UNSUBSCRIBES: 1})


def mail_unread(why: Unread) -> None:
    """Count a mail about which nothing is done; its words stay out of the log."""
    log.info("mail_unread", why=why)
    emit({Metric.MAIL_UNREAD: 1, Metric.FEEDBACK_FORGED: int(why is Unread.FORGED)})


def _forged(what: str) -> None:
    log.warning("feedback_forged", what=what)
    emit({Metric.FEEDBACK_FORGED: 1})


def _read(read: Callable[[str], Read], body: str) -> Read:
    try:
        return read(body)
    except NotificationError as error:
        raise PermanentError(str(error)) from None
