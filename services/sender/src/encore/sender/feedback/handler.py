"""A message of the feedback queue: a customer's request, or a notification of the provider's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from encore.contracts.click_links import ClickLinks
from encore.contracts.delivery import NotSent
from encore.contracts.errors import PermanentError
from encore.contracts.tokens import TEST_TOKEN, UNSUBSCRIBE, verify
from encore.runtime.logs import bind_event, get_logger
from encore.runtime.metrics import Metric, emit
from encore.runtime.queue.message import Message
from encore.sender.domain.clicks import query_of
from encore.sender.domain.notifications import (
    NotificationError,
    NotificationKind,
    is_notification,
    read_notification,
)
from encore.sender.domain.requests import Request, RequestError
from encore.sender.use_cases.keep_preferences import KeepPreferences
from encore.sender.use_cases.take_bounce import TakeBounce
from encore.sender.use_cases.take_click import TakeClick
from encore.sender.use_cases.take_complaint import TakeComplaint
from encore.sender.use_cases.unsubscribe import Unsubscribe

LINK = "unsubscribe link"
MS_PER_S = 1_000
log = get_logger()


@dataclass(frozen=True, kw_only=True)
class FeedbackHandler:
    """Does what a message asks for. What is forged or malformed becomes a dead letter."""

    keys: Sequence[bytes]
    """Those that sign unsubscribe links, and those that ever did."""
    unsubscribe: Unsubscribe
    keep_preferences: KeepPreferences
    take_bounce: TakeBounce
    take_complaint: TakeComplaint
    take_click: TakeClick

    async def __call__(self, message: Message) -> None:
        """Handle one message; a token proves a request, and the queue's policy who sends notifications."""
        if is_notification(message.body):
            await self._notification(message.body)
        elif (query := query_of(message.body)) is not None:
            await self._click(query, message)
        else:
            await self._request(message)

    async def _notification(self, body: str) -> None:
        try:
            notification = read_notification(body)
        except NotificationError as error:
            raise PermanentError(str(error)) from None
        if notification is None:
            log.info("notification_ignored")
            return
        bind_event(run_id=notification.run_id or "", event_id=notification.feedback_id)
        take = self.take_complaint if notification.kind is NotificationKind.COMPLAINT else self.take_bounce
        await take.run(notification)

    async def _click(self, query: str, message: Message) -> None:
        click = ClickLinks(tuple(self.keys)).click(query)
        if click is None:
            raise PermanentError("no key of ours has signed the click's token")
        bind_event(run_id=click.run_id, event_id="")
        await self.take_click.run(click, datetime.fromtimestamp(message.sent_ms / MS_PER_S, UTC))
        log.info("click_counted")

    async def _request(self, message: Message) -> None:
        try:
            request = Request.of_message(message.body)
        except RequestError as error:
            raise PermanentError(f"not a request: {error}") from None
        if request.token == TEST_TOKEN:
            log.info("test_request_ignored")
            return
        customer_id = verify(self.keys, UNSUBSCRIBE, request.token)
        if customer_id is None:
            raise PermanentError("no key of ours has signed the request's token")
        if request.preferences is None:
            await self.unsubscribe.run(customer_id, reason=NotSent.UNSUBSCRIBED, source=LINK)
            emit({Metric.UNSUBSCRIBES: 1})
        else:
            await self.keep_preferences.run(customer_id, request.preferences, chosen_at=message.sent_ms)
            emit({Metric.PREFERENCES_KEPT: 1})
