"""What shows that something is about somebody: ids and addresses, in every form in which they are written."""

import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from html import escape
from typing import Any
from urllib.parse import quote, quote_plus

from fondly.contracts.file_names import file_name
from fondly.operations.customers.gone import OWNERS

FEWEST_CHARS = 4
FEWEST_DIGITS = 8
ID_NAMES = re.compile(r"customer|user", re.IGNORECASE)
"""What we and Personalize call a field that holds an id."""
_ESCAPED = re.compile(r"\\[nrtbf]")
_BACKSLASHES = re.compile(r"\\{2,}")
_BACKSLASH_BYTES = re.compile(rb"\\{2,}")


class Trace(StrEnum):
    """What was found."""

    ID = "id"
    ADDRESS = "address"


class Whose(StrEnum):
    """Whom a place is about."""

    THEIRS = "theirs"
    OTHERS = "others"
    """Another customer has the same address."""


def is_telling(customer_id: str) -> bool:
    """Whether an id is long enough to be one wherever it stands: `42` is a price, too."""
    fewest = FEWEST_DIGITS if customer_id.isdecimal() else FEWEST_CHARS
    return len(customer_id) >= fewest


@dataclass(frozen=True)
class Traces:
    """Whom to look for."""

    customer_ids: frozenset[str]
    addresses: frozenset[str]

    @property
    def short_ids(self) -> frozenset[str]:
        """Ids that are looked for only where ids stand."""
        return frozenset(each for each in self.customer_ids if not is_telling(each))

    @cached_property
    def email_files(self) -> frozenset[str]:
        """The names of the files of their emails."""
        return frozenset(f"{file_name(each)}.eml" for each in self.customer_ids)

    def may_be_in(self, block: bytes) -> bool:
        """Whether it is worthwhile to look closely: False only if there is nothing."""
        if not self._is_ascii:
            block = decoded(block).lower().encode()
        lowered = _BACKSLASH_BYTES.sub(rb"\\", block.lower())
        return any(needle in lowered for needle in self._needles)

    def in_key(self, key: str) -> Trace | None:
        """What the name of an object says."""
        if key.rpartition("/")[2] in self.email_files and "/emails/" in key:
            return Trace.ID
        return self.in_text(key)

    def in_text(self, text: str) -> Trace | None:
        """What a text says; an address only if there is no id. Short ids are not looked for."""
        text = _BACKSLASHES.sub(r"\\", text)
        forms = {text, _ESCAPED.sub(" ", text)}
        if any(map(self._ids.search, forms)):
            return Trace.ID
        return Trace.ADDRESS if any(map(self._addresses.search, forms)) else None

    def in_line(self, line: bytes) -> tuple[Trace, Whose] | None:
        """What a line of a file says, and about whom: a JSON object says whose it is."""
        text = decoded(line)
        try:
            record = json.loads(text)
        except ValueError:
            record = None
        if isinstance(record, dict | list):
            return self.in_record(record)
        found = self.in_text(text)
        return (found, Whose.THEIRS) if found else None

    def in_record(self, record: Any) -> tuple[Trace, Whose] | None:  # noqa: ANN401 - any JSON, or an item
        """What a record says, and about whom."""
        found = set(self._in_value("", record))
        if Trace.ID in found:
            return Trace.ID, Whose.THEIRS
        if Trace.ADDRESS not in found:
            return None
        owner = owner_of(record) if isinstance(record, Mapping) else None
        is_others = owner is not None and owner not in self.customer_ids
        return Trace.ADDRESS, Whose.OTHERS if is_others else Whose.THEIRS

    def _in_value(self, name: str, value: Any) -> Iterator[Trace]:  # noqa: ANN401 - as above
        if isinstance(value, Mapping):
            for key, each in value.items():
                yield from self._in_value("", str(key))
                yield from self._in_value(str(key), each)
        elif isinstance(value, list | tuple | set | frozenset):
            for each in value:
                yield from self._in_value(name, each)
        elif isinstance(value, str | int | float | Decimal) and not isinstance(value, bool):
            text = str(value)
            if text in self.customer_ids and (ID_NAMES.search(name) or is_telling(text)):
                yield Trace.ID
            elif found := self.in_text(text):
                yield found
        elif value is not None and not isinstance(value, bool):
            yield from self._in_value(name, decoded(bytes(value)))

    @cached_property
    def _is_ascii(self) -> bool:
        return all(each.isascii() for each in (*self.customer_ids, *self.addresses))

    @cached_property
    def _needles(self) -> frozenset[bytes]:
        """Every form as bytes in lower case; short ids too, which a close look tells from other figures."""
        words = {form for each in self.customer_ids for form in _id_forms(each)}
        words |= {form for each in self.addresses for form in _forms(each)}
        words |= set(map(_token, self.customer_ids))
        return frozenset(word.lower().encode("utf-8", "replace") for word in words)

    @cached_property
    def _ids(self) -> re.Pattern[str]:
        telling = sorted(filter(is_telling, self.customer_ids))
        plain = _any_of(_BACKSLASHES.sub(r"\\", each) for each in telling)
        encoded = _any_of({form for each in telling for form in _id_forms(each)} - set(telling))
        tokens = _any_of(map(_token, telling))
        return re.compile(rf"(?<!\w)(?<!\w-)(?:(?:{plain}|(?i:{encoded}))(?!\w)(?!-\w)|{tokens})")

    @cached_property
    def _addresses(self) -> re.Pattern[str]:
        forms = _any_of({form for each in self.addresses for form in _forms(each)})
        return re.compile(rf"(?<![\w.+-])(?:{forms})(?!\w)(?![.-]\w)", re.IGNORECASE)


def owner_of(record: Mapping[str, Any]) -> str | None:
    """The customer whom a record says that it is about."""
    asked = record.get("input")
    for each in (record, asked) if isinstance(asked, Mapping) else (record,):
        for name in OWNERS:
            if name in each:
                return str(each[name])
    return None


def decoded(text: bytes) -> str:
    """Return a text in UTF-8, or else in the code page that exports of Windows have."""
    try:
        return text.decode()
    except UnicodeDecodeError:
        return text.decode("cp1252", "replace")


def _id_forms(customer_id: str) -> set[str]:
    """An id as it is written in texts, and in the names of files."""
    return {*_forms(customer_id), file_name(customer_id)}


def _token(customer_id: str) -> str:
    """How the token of a signed link begins, as `fondly.contracts.tokens` makes it."""
    return f"t={urlsafe_b64encode(customer_id.encode('utf-8', 'replace')).decode().rstrip('=')}."


def _forms(word: str) -> set[str]:
    """A word as JSON, HTML, CSV and URLs write it, and a domain as mail servers do."""
    local, at, domain = word.rpartition("@")
    forms = {word, f"{local}@{_punycode(domain)}"} if at else {word}
    return {
        _BACKSLASHES.sub(r"\\", written)
        for each in forms
        for written in (
            each,
            json.dumps(each)[1:-1],
            json.dumps(each, ensure_ascii=False)[1:-1],
            escape(each),
            each.replace('"', '""'),
            quote(each, safe="", errors="replace"),
            quote_plus(each, errors="replace"),
        )
    }


def _punycode(domain: str) -> str:
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return domain


def _any_of(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True))) or "(?!)"
