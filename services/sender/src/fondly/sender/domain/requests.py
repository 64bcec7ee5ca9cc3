"""What customers ask for by the links of their emails: to be left alone, or to hear of less.

A message of the feedback queue about a request is the link's token on the first line, percent-encoded, and
the raw body of the form below. So no token makes a message look like a notification, which is JSON.

Sources: RFC 8058 (one-click requests), WHATWG URL (urlencoded forms).
"""

from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import parse_qs, quote, unquote, urlencode

from fondly.contracts.consent import Frequency

PREFERENCES = "preferences"
"""The field that tells a form of preferences from one that unsubscribes."""
FREQUENCY = "frequency"
TOPIC_OFF = "off"
ONE_CLICK = "List-Unsubscribe=One-Click"
BY_MAIL = "List-Unsubscribe=Mail"
"""Stands in place of a form where somebody wrote to the mailto address of an email."""
MAX_BODY_CHARS = 16_384
MAX_FIELDS = 200
MAX_TOPICS = 100
MAX_TOPIC_CHARS = 200
_EXPECTED = f"expected {FREQUENCY}={'|'.join(Frequency)}"


class RequestError(Exception):
    """A form says nothing that can be done; the message says what was expected, not what was found."""


@dataclass(frozen=True)
class Preferences:
    """How often a customer wants emails at most, and of which departments none."""

    frequency: Frequency = Frequency.ANY
    topics_off: tuple[str, ...] = ()

    @property
    def form(self) -> str:
        """The body of the form that asks for it."""
        topics = [(TOPIC_OFF, topic) for topic in self.topics_off]
        return urlencode([(PREFERENCES, ""), (FREQUENCY, self.frequency), *topics])


@dataclass(frozen=True)
class Request:
    """What a token's owner asks for: `preferences`, or, if there are none, no more emails at all."""

    token: str
    preferences: Preferences | None = None
    by_mail: bool = False

    @property
    def message(self) -> str:
        """The request as a message of the feedback queue."""
        form = BY_MAIL if self.by_mail else ONE_CLICK
        if self.preferences is not None:
            form = self.preferences.form
        return f"{quote(self.token, safe='')}\n{form}"

    @classmethod
    def of_message(cls, body: str) -> "Request":
        """Read a message: it unsubscribes unless it has preferences; `RequestError` if it is neither."""
        form = body.partition("\n")[2]
        asks_for_preferences = {PREFERENCES, FREQUENCY} & _fields(form).keys()
        preferences = preferences_of(form) if asks_for_preferences else None
        return cls(token_of(body), preferences, by_mail=form == BY_MAIL)


def token_of(body: str) -> str:
    """Return the token of a message of the feedback queue about a request."""
    return unquote(body.partition("\n")[0].strip())


def preferences_of(form: str, offered: Collection[str] | None = None) -> Preferences:
    """Return the preferences in a form, of topics `offered` if they are known; `RequestError` for none."""
    fields = _fields(form)
    try:
        frequency = Frequency(fields.get(FREQUENCY, [""])[-1])
    except ValueError:
        raise RequestError(f"a form without a frequency that there is: {_EXPECTED}") from None
    topics = tuple(dict.fromkeys(topic for each in fields.get(TOPIC_OFF, ()) if (topic := each.strip())))
    if len(topics) > MAX_TOPICS or any(len(topic) > MAX_TOPIC_CHARS for topic in topics):
        raise RequestError(f"a form of too many topics: at most {MAX_TOPICS} of {MAX_TOPIC_CHARS} characters")
    if offered is not None and not set(topics) <= set(offered):
        raise RequestError(f"a form of a topic that is not offered: expected any of {', '.join(offered)}")
    return Preferences(frequency, topics)


def _fields(form: str) -> dict[str, list[str]]:
    if len(form) > MAX_BODY_CHARS:
        raise RequestError(f"a form of more than {MAX_BODY_CHARS} characters: {_EXPECTED}")
    try:
        return parse_qs(form.strip(), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        raise RequestError(f"a form of more than {MAX_FIELDS} fields: {_EXPECTED}") from None
