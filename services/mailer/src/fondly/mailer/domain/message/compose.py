"""Composes the finished message from facts and copy: content, theme, MIME."""

from dataclasses import dataclass
from datetime import datetime

from fondly.contracts.records import CopySource
from fondly.mailer.domain.copy.fields import Copy
from fondly.mailer.domain.facts.email import EmailFacts
from fondly.mailer.domain.message import mime
from fondly.mailer.domain.message.content import ContentMaker, Links
from fondly.mailer.domain.message.links import UnsubscribeEndpoint, UnsubscribeMail, ViewOnlineEndpoint
from fondly.mailer.domain.message.theme import Theme


@dataclass(frozen=True)
class ComposedEmail:
    """A finished message, and what an inbox shows of it."""

    subject: str
    preheader: str
    message: bytes
    links_left_out: int
    """Links and pictures of the catalogue that lead to hosts which are not allowed."""


@dataclass(frozen=True, kw_only=True)
class Composer:
    """Composes the emails of one brand; without an `unsubscribe` endpoint, customers unsubscribe by email."""

    theme: Theme
    sender: mime.Sender
    unsubscribe: UnsubscribeEndpoint | None
    unsubscribe_mail: UnsubscribeMail
    maker: ContentMaker
    view_online: ViewOnlineEndpoint | None = None

    def compose(
        self, facts: EmailFacts, copy: Copy, *, source: CopySource, run_id: str, date: datetime
    ) -> ComposedEmail:
        """Return the message for a customer; the copy must have passed the rules."""
        uris = self._unsubscribe_uris(facts.customer_id)
        online = self.view_online.link(run_id, facts.customer_id) if self.view_online else None
        content = self.maker.content(facts, copy, Links(run_id, uris[0], online))
        envelope = mime.Envelope(
            sender=self.sender,
            run_id=run_id,
            customer_id=facts.customer_id,
            address=facts.address,
            subject=content.copy.subject,
            copy_source=source,
            unsubscribe_uris=uris,
            date=date,
        )
        return ComposedEmail(
            subject=content.copy.subject,
            preheader=content.copy.preheader,
            message=mime.message(envelope, text=self.theme.text(content), html=self.theme.html(content)),
            links_left_out=content.links_left_out,
        )

    def _unsubscribe_uris(self, customer_id: str) -> tuple[str, ...]:
        """The best way first."""
        mail = self.unsubscribe_mail.link(customer_id)
        return (self.unsubscribe.link(customer_id), mail) if self.unsubscribe else (mail,)
