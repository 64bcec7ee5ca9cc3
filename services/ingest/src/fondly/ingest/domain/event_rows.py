"""Reads the events of customers: what the columns of a file are, and what a row of it says."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache, partial
from hashlib import sha256

from pydantic import ValidationError

from fondly.contracts.clock import SECONDS_PER_DAY
from fondly.contracts.records import MAX_VALUE, RUN_ID, CustomerEvent, EventKind
from fondly.ingest.domain.cells import Row
from fondly.ingest.domain.data import read_table
from fondly.ingest.domain.errors import FileError, RowError, UnreadableError
from fondly.ingest.domain.formats.fields import Kind
from fondly.ingest.domain.formats.vocabulary import loosened, own_names, synonyms
from fondly.ingest.domain.values.conventions import ColumnSurvey, Decided, Defaults, Reads
from fondly.ingest.domain.values.moments import read_moment
from fondly.ingest.domain.values.texts import read_id

REQUIRED = ("customer_id", "product_id", "event", "timestamp")
ID_CHARS = 32
_TABLE = read_table(__package__, "events.toml")
_AS_IN_ORDERS = {"user_id": "customer_id", "product_id": "product_id", "timestamp": "timestamp"}
_FIGURE = re.compile(r"[0-9]{1,10}(?:\.[0-9]{1,4})?")
_RUN_ID = re.compile(RUN_ID)


@dataclass(frozen=True)
class EventReading:
    """How the rows of a file are read: `decided` for its times; none of them is later than `latest`."""

    decided: Decided
    latest: int

    @classmethod
    def of(cls, defaults: Defaults) -> "EventReading":
        """Read times without an offset in the shop's zone; none may be more than a day ahead."""
        decided = ColumnSurvey(Reads.MOMENT).decide(defaults, column="timestamp")
        clear = replace(decided, refusal="with the year first, such as 2026-11-24T13:45:00Z")
        return cls(clear, defaults.now + SECONDS_PER_DAY)


def find_fields(header: Sequence[str]) -> dict[str, int]:
    """Return the positions of our fields in a header; raise `FileError` if a required one is missing."""
    found: dict[str, int] = {}
    for position, name in enumerate(header):
        field = field_of(name)
        if field is not None:
            found.setdefault(field, position)
    if missing := [each for each in REQUIRED if each not in found]:
        shown = ", ".join(name for name in header if name) or "nothing"
        raise FileError(f"missing columns: {', '.join(missing)} (line 1); found {shown}")
    return found


def field_of(name: str) -> str | None:
    """Return the field that a column, or a member of a JSON object, is called by this name; None for none."""
    return _fields().get(loosened(name))


def read_event(row: Row, how: EventReading) -> CustomerEvent:
    """Read a row or raise `RowError`; an event without an id is named by a digest of what it says."""
    members = {
        "customer_id": row.required("customer_id", read_id),
        "product_id": row.required("product_id", read_id),
        "kind": row.required("event", _read_kind),
        "timestamp": row.required("timestamp", partial(_read_past, how)),
        "run_id": _optional(row, "run_id", _read_run),
        "session_id": _optional(row, "session_id", read_id),
        "value": _optional(row, "value", _read_value),
    }
    event_id = _optional(row, "event_id", read_id) or _named(members)
    try:
        return CustomerEvent.model_validate({**members, "event_id": event_id})
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        raise RowError(problem["msg"], column=".".join(map(str, problem["loc"]))) from error


def _optional(row: Row, field: str, read: Callable[[str], object]) -> object:
    return row.required(field, read) if row.raw(field).strip() else None


def _read_kind(text: str) -> EventKind:
    kind = _kinds().get(loosened(text))
    if kind is None:
        raise UnreadableError("clicked, viewed or purchased", text)
    return kind


def _read_past(how: EventReading, text: str) -> int:
    moment = read_moment(text, how.decided)
    if moment > how.latest:
        raise UnreadableError("a time that has passed", text)
    return moment


def _read_run(text: str) -> str:
    if not _RUN_ID.match(text):
        raise UnreadableError("the id of a run, such as run-0123456789abcdef", text)
    return text


def _read_value(text: str) -> Decimal:
    if not _FIGURE.fullmatch(text) or (value := Decimal(text)) > MAX_VALUE:
        raise UnreadableError(f"a figure such as 1299.50, at most {MAX_VALUE:,}", text)
    return value


def _named(members: Mapping[str, object]) -> str:
    told = "\n".join(
        str(members[name]) for name in ("customer_id", "product_id", "kind", "timestamp", "run_id")
    )
    return f"event-{sha256(told.encode()).hexdigest()[:ID_CHARS]}"


@cache
def _fields() -> Mapping[str, str]:
    orders = {**synonyms(Kind.ORDERS), **own_names(Kind.ORDERS)}
    found = {name: _AS_IN_ORDERS[field] for name, field in orders.items() if field in _AS_IN_ORDERS}
    own = _TABLE["columns"].items()
    return found | {loosened(name): field for field, names in own for name in (field, *names)}


@cache
def _kinds() -> Mapping[str, EventKind]:
    return {loosened(name): EventKind(kind) for kind, names in _TABLE["kinds"].items() for name in names}
