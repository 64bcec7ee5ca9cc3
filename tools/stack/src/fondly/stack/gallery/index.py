"""The list's data: a row for each email, written as they come, with texts that emails share stored once."""

from collections.abc import Hashable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from fondly.contracts.email_index import Facet
from fondly.operations.emails.shown import ShownEmail
from fondly.stack.gallery.packed import EMAILS_PER_FILE, LIST, PROMPTS_PER_FILE, ScriptFile, packed_json

Thing = TypeVar("Thing", bound=Hashable)


class Index:
    """Writes what the page loads first, with only the products and facets of emails in memory."""

    def __init__(self, folder: Path) -> None:
        self._file = ScriptFile(folder / f"{LIST}.js")
        self._file.write('{"emails":[')
        self._emails = 0
        self._products: dict[tuple[str, str], int] = {}
        self._facets: dict[str, int] = {}

    def close(self) -> None:
        """Close the file; it is whole once `finish` was called."""
        self._file.close()

    def add(self, email: ShownEmail, refused_fields: Iterable[str]) -> None:
        """Add a row; `gallery.js` names its members in the same order."""
        row = [
            *(email.customer_id, email.name, email.address, email.subject, email.preheader),
            _numbers(((pick.product_id, pick.name) for pick in email.picks), self._products),
            _numbers(dict.fromkeys(_facets(email, refused_fields)), self._facets),
        ]
        self._file.write(("," if self._emails else "") + packed_json(row))
        self._emails += 1

    def finish(self) -> int:
        """Write what else the page's script needs to list and to filter; return the number of emails."""
        rest = {
            "products": list(self._products),
            "facets": list(self._facets),
            "emailsPerFile": EMAILS_PER_FILE,
            "promptsPerFile": PROMPTS_PER_FILE,
        }
        self._file.write("]," + packed_json(rest).removeprefix("{"))
        return self._emails


def _numbers(things: Iterable[Thing], known: dict[Thing, int]) -> list[int]:
    """Return each thing's number in `known`, to which new things are added."""
    return [known.setdefault(thing, len(known)) for thing in things]


def _facets(email: ShownEmail, refused_fields: Iterable[str]) -> Iterator[str]:
    """What emails are filtered by: the console's facets, and what it knows of no whole run."""
    yield Facet.COPY.of(email.copy_source)
    yield from map(Facet.TEMPLATE.of, email.template_fields)
    yield from map(Facet.REFUSED.of, refused_fields)
    for pick in email.picks:
        yield Facet.REASON.of(pick.kind)
        yield from (f"seller claims:{claim}" for claim in pick.claims)
    yield from (f"review:{review.label.lower()}" for review in email.reviews if review.label)
    if email.unhappy:
        yield "customer:only bad experiences"
    if found := email.delivery:
        yield f"delivery:{found.bounced or found.reason or found.outcome}".replace("_", " ")
