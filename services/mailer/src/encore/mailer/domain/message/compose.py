"""Composes the finished message from facts and copy: content, theme, MIME."""

from dataclasses import dataclass
from datetime import datetime

from encore.mailer.domain.copy.fields import Copy, CopySource
from encore.mailer.domain.facts.email import EmailFacts
from encore.mailer.domain.message import mime
from encore.mailer.domain.message.content import email_content
from encore.mailer.domain.message.links import UnsubscribeEndpoint
from encore.mailer.domain.message.theme import Theme


@dataclass(frozen=True)
class ComposedEmail:
    """A finished message, and what an inbox shows of it."""

    subject: str
    preheader: str
    message: bytes


class Composer:
    """Composes the emails of one brand; without an `unsubscribe` endpoint, customers unsubscribe by email."""

    def __init__(self, theme: Theme, sender: mime.Sender, unsubscribe: UnsubscribeEndpoint | None) -> None:
        self._theme = theme
        self._sender = sender
        self._unsubscribe = unsubscribe

    def compose(
        self, facts: EmailFacts, copy: Copy, *, source: CopySource, run_id: str, date: datetime
    ) -> ComposedEmail:
        """Return the message for a customer; the copy must have passed the rules."""
        uris = self._unsubscribe_uris(facts.customer_id)
        content = email_content(facts, copy, run_id=run_id, unsubscribe_url=uris[0])
        envelope = mime.Envelope(
            sender=self._sender,
            run_id=run_id,
            customer_id=facts.customer_id,
            address=facts.address,
            subject=content.copy.subject,
            copy_source=source,
            unsubscribe_uris=uris,
            date=date,
        )
        message = mime.message(envelope, text=self._theme.text(content), html=self._theme.html(content))
        return ComposedEmail(subject=content.copy.subject, preheader=content.copy.preheader, message=message)

    def _unsubscribe_uris(self, customer_id: str) -> tuple[str, ...]:
        """The best way first."""
        by_email = f"mailto:{self._sender.address}?subject=unsubscribe"
        if self._unsubscribe is None:
            return (by_email,)
        return (self._unsubscribe.link(customer_id), by_email)
