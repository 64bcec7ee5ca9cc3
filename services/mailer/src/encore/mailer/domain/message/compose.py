"""Turns checked copy into the finished message: letter, theme, MIME."""

from dataclasses import dataclass
from datetime import datetime

from encore.mailer.domain.facts.facts import EmailFacts
from encore.mailer.domain.message import mime
from encore.mailer.domain.message.content import Letter, letter
from encore.mailer.domain.message.links import unsubscribe_url
from encore.mailer.domain.message.theme import Theme
from encore.mailer.use_cases.write_copy import Written


@dataclass(frozen=True)
class Unsubscribing:
    """Where unsubscribe links lead and what signs their tokens."""

    url: str
    key: bytes


@dataclass(frozen=True)
class Composed:
    """A finished message with what an inbox shows of it."""

    subject: str
    preheader: str
    message: bytes


class Composer:
    """Composes emails of one brand; without `unsubscribing`, customers unsubscribe by email."""

    def __init__(self, theme: Theme, sender: mime.Sender, unsubscribing: Unsubscribing | None) -> None:
        self._theme = theme
        self._sender = sender
        self._unsubscribing = unsubscribing

    def compose(
        self, facts: EmailFacts, written: Written, *, run_id: str, address: str | None, date: datetime
    ) -> Composed:
        """Return the message for a customer; the copy must have passed the rules."""
        uris = self._unsubscribe_uris(facts.customer_id)
        shown = letter(facts, written.copy, run_id=run_id, unsubscribe_url=uris[0])
        envelope = mime.Envelope(
            sender=self._sender,
            run_id=run_id,
            customer_id=facts.customer_id,
            address=address,
            subject=shown.copy.subject,
            copy_source=written.source,
            unsubscribe_uris=uris,
            date=date,
        )
        return self._finished(shown, envelope)

    def _finished(self, shown: Letter, envelope: mime.Envelope) -> Composed:
        message = mime.message(envelope, text=self._theme.text(shown), html=self._theme.html(shown))
        return Composed(subject=shown.copy.subject, preheader=shown.copy.preheader, message=message)

    def _unsubscribe_uris(self, customer_id: str) -> tuple[str, ...]:
        """The best way first."""
        by_email = f"mailto:{self._sender.address}?subject=unsubscribe"
        if self._unsubscribing is None:
            return (by_email,)
        here = self._unsubscribing
        return (unsubscribe_url(here.url, here.key, customer_id), by_email)
