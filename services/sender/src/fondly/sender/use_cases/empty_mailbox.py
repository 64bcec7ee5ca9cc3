"""Turns what arrives in a mailbox into messages of the feedback queue, and puts each mail away.

A mail is put away only once its message is in the queue: whoever dies in between reads it again, and the same
message twice does no harm.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from fondly.runtime.logs import get_logger
from fondly.runtime.metrics import Metric, emit
from fondly.sender.domain.returned_mail import IsSigned, Unread, read_mail
from fondly.sender.domain.said import said
from fondly.sender.feedback.ports import Mailbox, MailName, OpenMailbox

READ, LEFT = "fondly-read", "fondly-left"
"""The folders of mails that were acted on, and of those about which nothing is done."""
Send = Callable[[str], Awaitable[None]]
"""Puts a message into the feedback queue; returns once it is there."""
log = get_logger()


@dataclass(frozen=True)
class EmptyMailbox:
    """Reads a mailbox that is for replies and reports only."""

    mailbox: Mailbox
    is_signed: IsSigned
    send: Send
    unread: Callable[[Unread], None]
    """Counts a mail about which nothing is done."""
    _stuck: set[MailName] = field(default_factory=set)
    """Mails that were read and could not be put away: reading them again would never end."""

    async def run(self) -> int:
        """Put mails away and count them; one that fails stays for the next look, and its error is raised."""
        failures: list[Exception] = []
        done = 0
        async with self.mailbox.opened() as opened:
            for name in await opened.waiting():
                try:
                    done += name not in self._stuck and await self._take(opened, name)
                except Exception as error:  # noqa: BLE001 - raised below
                    failures.append(error)
        if done or failures:
            log.info("mailbox_read", mails=done, failed=len(failures))
        if failures:
            raise failures[0]
        return done

    async def _take(self, opened: OpenMailbox, name: MailName) -> bool:
        content = await opened.read(name)
        if content is None:  # another process has been faster
            return False
        found = read_mail(content, self.is_signed)
        if isinstance(found, Unread):
            self.unread(found)
        else:
            await self.send(found.message)
        try:
            await opened.move(name, LEFT if isinstance(found, Unread) else READ)
        except Exception:
            self._stuck.add(name)
            raise
        return True


async def watch(empty: EmptyMailbox, wait: Callable[[], Awaitable[bool]]) -> None:
    """Empty the mailbox again and again while `wait` says so; failures are logged and counted."""
    while True:
        try:
            await empty.run()
        except Exception as error:  # noqa: BLE001 - requests of the queue must not wait for a mail server
            log.warning("mailbox_failed", reason=said(str(error)))
            emit({Metric.MAILBOX_FAILURES: 1})
        if not await wait():
            return
