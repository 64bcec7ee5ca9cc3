"""Which columns of a list say whom it is about, why and since when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fondly.ingest.domain.formats.fields import Kind
from fondly.ingest.domain.formats.vocabulary import holds_values, loosened, read_names, synonyms
from fondly.operations.errors import OperationError
from fondly.operations.suppressions.rows import known_reason

OWN = ("address", "customer_id", "reason", "source", "at", "entry")
"""The columns of our own exports."""
_OF_SHOPS = [name for name, field in synonyms(Kind.CUSTOMERS).items() if field == "email"]
_NAMES: Mapping[str, Sequence[str]] = {
    "address": ("address", "email address", "email", "recipient", *_OF_SHOPS),
    "customer_id": (
        *("customer id", "customer number", "customer no", "user id"),
        *("Kundennummer", "Kunden-Nr.", "Kunden-ID", "KdNr"),
    ),
    "reason": ("reason", "suppression reason", "bounce type", "type", "status"),
    "source": ("source",),
    "at": (
        *("at", "created", "created at", "date", "timestamp", "last update time", "suppressed at"),
        *("unsub time", "clean time", "bounced at", "unsubscribed at"),
    ),
    "entry": ("entry",),
}
"""What columns are called, the best name first. Ids of another system's contacts name no customer."""
WHOM = frozenset({"address", "customer_id", "entry"})


@dataclass(frozen=True)
class Columns:
    """Where a list has what; the first row is one of the list if it has no header."""

    places: Mapping[str, int]
    """By our own names of the columns."""
    has_header: bool = True

    @property
    def is_own(self) -> bool:
        """Whether the list is an export of ours, which is read exactly."""
        return {"entry", "reason", "at"} <= self.places.keys()

    def cell(self, cells: Sequence[str], column: str) -> str:
        """Return a cell of a row without spaces around it; nothing if the list has no such column."""
        return cells[self.places[column]].strip() if column in self.places else ""


def columns_of(first: Sequence[str]) -> Columns:
    """Return a list's columns by its first row; raise `OperationError` if none can say whom it is about."""
    header = [loosened(name) for name in first]
    places: dict[str, int] = {}
    for column, names in _NAMES.items():
        if named := [header.index(name) for name in map(loosened, names) if name in header]:
            places[column] = named[0]
    if places.keys() & WHOM:
        return Columns(places)
    if holds_values(read_names(first)):
        return Columns(_by_values(first), has_header=False)
    shown = ", ".join(first)[:200]
    raise OperationError(
        f"line 1: found the columns {shown}, expected one that is named `address` or `customer_id`"
    )


def _by_values(first: Sequence[str]) -> dict[str, int]:
    """Recognise the columns of a list without a header, such as those that SES imports: address, reason."""
    addresses = [at for at, cell in enumerate(first) if "@" in cell]
    reasons = [at for at, cell in enumerate(first) if known_reason(cell)]
    if not addresses:
        raise OperationError("line 1: found neither a header nor an address, expected one of them")
    return {"address": addresses[0], **({"reason": reasons[0]} if reasons else {})}
