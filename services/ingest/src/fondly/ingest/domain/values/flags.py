"""Reads yes and no, consent, suppression and stock, by the words of shop systems of most of Europe."""

import re
from collections.abc import Mapping

from fondly.ingest.domain.errors import UnreadableError
from fondly.ingest.domain.values.characters import plain

_GAPS = re.compile(r"[\s_./'-]+")
_SCHEMA_ORG = re.compile(r"(?:https?://)?(?:www\.)?schema\.org/", re.IGNORECASE)
_MAX_CHARS = 60


def _folded(text: str) -> str:
    return _GAPS.sub("", text.casefold())


def _words(yes: str, no: str) -> dict[str, bool]:
    """Return the answers by their words, which commas or line ends separate."""
    separated = ((re.split(r"[,\n]", words), answer) for words, answer in ((yes, True), (no, False)))
    return {_folded(word): answer for words, answer in separated for word in words if word.strip()}


_YES_NO = _words(
    yes="yes, y, true, t, 1, on, ja, j, wahr, oui, vrai, sí, si, verdadero, sì, vero, sim, tak, igen, ano",
    no="no, n, false, f, 0, off, nein, falsch, non, faux, falso, não, nao, nee, nie, nem, ne, nej, nei",
)
_CONSENT = _YES_NO | _words(
    yes="""subscribed, opted in, opt in, single opt in, double opt in, confirmed, confirmed opt in, granted
        given, accepted, accepts, consented, abonniert, angemeldet, eingewilligt, abonné
        inscrit""",
    no="""unsubscribed, not subscribed, never subscribed, opted out, opt out, denied, declined, revoked
        withdrawn, refused, rejected, not given, pending, unconfirmed, not set, none, inactive, redacted
        invalid, cleaned, bounced, complained, suppressed, abgemeldet, nicht abonniert, widerrufen
        désabonné, désinscrit""",
)
_SUPPRESSION = _YES_NO | _words(
    yes="""suppressed, unsubscribed, opted out, opt out, bounced, hard bounce, complained, complaint, spam
        cleaned, blocked, blacklisted, blocklisted, do not contact, do not email, abgemeldet, gesperrt
        désabonné""",
    no="not suppressed, subscribed, opted in, active, deliverable, none",
)
_STOCK = _YES_NO | _words(
    yes="""in stock, available, in store and online, online only, limited availability, low stock, few left
        made to order, auf Lager, lieferbar, sofort lieferbar, verfügbar, sofort verfügbar, vorrätig
        en stock, disponible, en existencia, disponibile, op voorraad, leverbaar, em estoque, disponível
        i lager, på lager""",
    no="""out of stock, temporarily out of stock, sold out, unavailable, not available, not in stock
        discontinued, pre order, pre sale, back order, backordered, on backorder, in store only, reserved
        nicht auf Lager, ausverkauft, nicht lieferbar, nicht verfügbar, vergriffen, vorbestellbar
        en rupture, rupture de stock, en rupture de stock, épuisé, indisponible, agotado
        sin existencias, no disponible, esaurito, non disponibile, uitverkocht, niet op voorraad
        esgotado, indisponível, slutsåld, ej i lager, udsolgt, ikke på lager""",
)


def read_consent(text: str) -> bool:
    """Read whether somebody agreed to marketing; what falls short of that, such as `pending`, is a no."""
    return _read(text, _CONSENT, "yes or no, or a state such as subscribed or unsubscribed")


def read_suppression(text: str) -> bool:
    """Read whether somebody must not be written to: yes or no, `bounced`, `active` and so on."""
    return _read(text, _SUPPRESSION, "yes or no, or a state such as bounced or subscribed")


def read_stock_state(text: str) -> bool:
    """Read whether a product can be sent at once: yes, `in stock`, schema.org's ItemAvailability, etc."""
    return _read(_SCHEMA_ORG.sub("", text, count=1), _STOCK, "in stock or out of stock, or yes or no", text)


def _read(text: str, answers: Mapping[str, bool], expected: str, found: str | None = None) -> bool:
    answer = answers.get(_folded(plain(text))) if len(text) <= _MAX_CHARS else None
    if answer is None:
        raise UnreadableError(expected, text if found is None else found)
    return answer
