"""Takes out of exchanges what is nobody's business, or different each time: placeholders stand for it.

`${prefix}`, `${account}` and their like stand for what a replay is told, `${id-3}` for what a service or an
SDK made up, and `${date}`, `${number}` and `${text}` for values of which only the kind is kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from understudy.conform.exchange import Exchange, Json

    Placeholder = Callable[[re.Match[str]], str]

DATE, NUMBER, TEXT = "${date}", "${number}", "${text}"
REPEATED = re.compile(r"\$\{repeat:(\d+):(.*)\}", re.DOTALL)
_LONG = 1_000
"""Longer texts are repetitions of a short one, and are kept as such."""
_MAX_UNIT = 20
_DATES = re.compile(r"(DateTime|Time)$")
_NUMBERS = re.compile(r"([Tt]okens|latencyMs)$")
_TEXTS = frozenset({"text", "itemId"})
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_ID = re.compile(
    rf"{_UUID}"
    r"|(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])"
    r"|(?<=/)[0-9a-f]{8}(?![\w-])"
    r"|(?<=model-invocation-job/)[0-9a-z]{12}"
    r"|msg_bdrk_[0-9a-f]+"
)
"""What services make up: job ids, versions, trackers, tokens."""


@dataclass(slots=True)
class Sanitiser:
    """Sanitises the exchanges of one conversation; the same value gets the same placeholder."""

    known: Mapping[str, str]
    _ids: dict[str, str] = field(default_factory=dict)
    _asked_for: set[str] = field(default_factory=set)
    """Ids that checks made up themselves, such as that of a job that there is not: they are kept."""

    def sanitised(self, exchange: Exchange) -> Exchange:
        """Return an exchange without anything of an account, a run or a day."""
        return replace(
            exchange,
            path=self._string(exchange.path, self._of_request),
            request=self._value(exchange.request, self._of_request),
            response=self._value(_kinds(exchange.response), self._of_response),
        )

    def _value(self, value: Json, placeholder: Placeholder) -> Json:
        if isinstance(value, dict):
            return {
                self._string(name, placeholder): self._value(each, placeholder)
                for name, each in value.items()
            }
        if isinstance(value, list):
            return [self._value(each, placeholder) for each in value]
        return self._string(value, placeholder) if isinstance(value, str) else value

    def _string(self, text: str, placeholder: Placeholder) -> str:
        if len(text) > _LONG:
            return _short(text)
        for name, value in self.known.items():
            for form in {value, quote(value, safe="")}:
                text = re.sub(rf"(?<![0-9a-z]){re.escape(form)}(?![0-9a-z])", f"${{{name}}}", text)
        return _ID.sub(placeholder, text)

    def _of_request(self, match: re.Match[str]) -> str:
        """Only a token that an SDK makes up is new in a request."""
        if match[0] in self._ids or re.fullmatch(_UUID, match[0]):
            return self._of_response(match)
        self._asked_for.add(match[0])
        return match[0]

    def _of_response(self, match: re.Match[str]) -> str:
        if match[0] in self._asked_for:
            return match[0]
        return self._ids.setdefault(match[0], f"${{id-{len(self._ids) + 1}}}")


def _kinds(value: Json, name: str = "") -> Json:
    """Replace what differs from answer to answer by its kind: fractions, counts, dates, texts of models."""
    if isinstance(value, dict):
        return {key: _kinds(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_kinds(each, name) for each in value]
    if _DATES.search(name):
        return DATE
    if isinstance(value, float) or (_NUMBERS.search(name) and isinstance(value, int)):
        return NUMBER
    return TEXT if name in _TEXTS else value


def _short(text: str) -> str:
    unit = text[: (text + text).find(text, 1)]
    return f"${{repeat:{len(text) // len(unit)}:{unit}}}" if len(unit) <= _MAX_UNIT else text
