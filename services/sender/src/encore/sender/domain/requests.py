"""What customers ask for by the links of their emails: to be left alone, or to hear of less.

A message of the feedback queue about a request is the link's token on the first line, percent-encoded, and
the raw body of the form below. So no token makes a message look like a provider's report, which is JSON.

Sources: RFC 8058 (the body of a one-click request, of either type), WHATWG URL (urlencoded forms),
RFC 7578 (multipart forms).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_string, policy
from urllib.parse import parse_qs, quote, unquote, urlencode

from encore.contracts.consent import Frequency

FREQUENCY = "frequency"
TOPIC_OFF = "off"
ONE_CLICK = "List-Unsubscribe=One-Click"
MAX_BODY_CHARS = 16_384
MAX_FIELDS = 200
MAX_TOPICS = 100
MAX_TOPIC_CHARS = 200
MULTIPART = "--"
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
        return urlencode([(FREQUENCY, self.frequency), *((TOPIC_OFF, topic) for topic in self.topics_off)])


@dataclass(frozen=True)
class Request:
    """What a token's owner asks for: `preferences`, or, if there are none, no more emails at all."""

    token: str
    preferences: Preferences | None = None

    @property
    def message(self) -> str:
        """The request as a message of the feedback queue."""
        form = ONE_CLICK if self.preferences is None else self.preferences.form
        return f"{quote(self.token, safe='')}\n{form}"

    @classmethod
    def of_message(cls, body: str) -> "Request":
        """Read a message of the feedback queue; raise `RequestError` if it is none."""
        token, _, form = body.partition("\n")
        return cls(unquote(token.strip()), preferences_of(form))


def preferences_of(form: str) -> Preferences | None:
    """Return the preferences that a form's body asks for; None if it asks for no more emails.

    Whatever does not ask for preferences unsubscribes: somebody who clicks wants fewer emails in any case.
    Raises `RequestError` if it asks for preferences that there are not.
    """
    if len(form) > MAX_BODY_CHARS:
        raise RequestError(f"a form of more than {MAX_BODY_CHARS} characters: {_EXPECTED}")
    fields = _multipart(form) if form.lstrip().startswith(MULTIPART) else _urlencoded(form)
    if FREQUENCY not in fields:
        return None
    try:
        frequency = Frequency(fields[FREQUENCY][-1])
    except ValueError:
        raise RequestError(f"a form with another frequency: {_EXPECTED}") from None
    return Preferences(frequency, _topics(fields.get(TOPIC_OFF, ())))


def _topics(found: Sequence[str]) -> tuple[str, ...]:
    topics = tuple(dict.fromkeys(topic for each in found if (topic := each.strip())))
    if len(topics) > MAX_TOPICS or any(len(topic) > MAX_TOPIC_CHARS for topic in topics):
        raise RequestError(f"a form of too many topics: at most {MAX_TOPICS} of {MAX_TOPIC_CHARS} characters")
    return topics


def _urlencoded(form: str) -> dict[str, list[str]]:
    try:
        return parse_qs(form.strip(), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        raise RequestError(f"a form of more than {MAX_FIELDS} fields: {_EXPECTED}") from None


def _multipart(form: str) -> dict[str, list[str]]:
    """Read a form whose boundary is known only from its first line."""
    boundary = form.strip().split("\n", 1)[0].strip().removeprefix(MULTIPART)
    head = f'Content-Type: multipart/form-data; boundary="{boundary}"\n\n'
    read = message_from_string(head + form.strip(), policy=policy.HTTP)
    fields: dict[str, list[str]] = {}
    for part in read.walk():
        name = part.get_param("name", header="Content-Disposition")
        if isinstance(name, str) and not part.is_multipart():
            fields.setdefault(name, []).append(str(part.get_payload()).strip())
    return fields
