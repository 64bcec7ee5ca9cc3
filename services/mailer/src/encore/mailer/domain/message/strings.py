"""The fixed words of an email, in the language of its copy."""

from collections.abc import Mapping
from typing import Protocol

MESSAGE_IDS = (
    "card-view",
    "card-out-of-five",
    "card-ratings",
    "card-off",
    "card-was",
    "email-why",
    "email-prices",
    "email-unsubscribe",
    "email-view-online",
)
"""Every message that themes show."""


class Strings(Protocol):
    """Messages of one language by their ids."""

    def text(self, message_id: str, /, **values: str | int) -> str:
        """Return a message with its values filled in."""
        ...


class EnglishStrings:
    """The English messages."""

    _TEXTS: Mapping[str, str] = {
        "card-view": "View product",
        "card-out-of-five": "{rating} out of 5",
        "card-ratings": "{count} ratings",
        "card-off": "{discount} off",
        "card-was": "was {price}",
        "email-why": "You receive this email because you reviewed products at {brand}.",
        "email-prices": "Prices and ratings are those of our catalogue when this email was made.",
        "email-unsubscribe": "Unsubscribe",
        "email-view-online": "View online",
    }

    def text(self, message_id: str, /, **values: str | int) -> str:
        """Return a message with its values filled in; raise `KeyError` for an unknown one."""
        return self._TEXTS[message_id].format(**values)
