"""Makes up the index of a run of any size, in which every part is the same each time it is made."""

import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from fondly.contracts.email_index import (
    EmailIndexRow,
    IndexedProduct,
    WordingCount,
    customer_digest,
    wording_digest,
)
from fondly.contracts.records import CopySource, ReasonKind, RecommendationSource
from fondly.mailer.use_cases.email_index import IndexEntry, write_email_index
from fondly.runtime.ports import Objects

PRODUCTS, CATEGORIES = 10_000, 300
NAMES = ("Ananya", "Jonas", "Mira", "Li", "X9", "KARL", "Søren", "Bartholomaeusz", None)
KINDS = ("Cable", "Kettle", "Lamp", "Headphones", "Notebook", "Bottle", "Hose", "Mug")
REASONS = tuple(ReasonKind)
FIELDS = ("subject", "preheader", "intro", "closing", "lines.1", "lines.2", "lines.3", "lines.4", "lines.5")
OPENINGS = ("Keep", "Take", "Enjoy")


def email_index_of(part: int, emails: int) -> list[IndexEntry]:
    """Return the entries of a part with so many emails."""
    chance = random.Random(part)  # noqa: S311 - made-up emails
    return [_entry(chance, part, f"customer-{part:05}-{number:04}") for number in range(emails)]


async def put_email_index(objects: Objects, run_id: str, *, parts: int, emails: int) -> None:
    """Store the index of so many parts of so many emails each, as the mailer does before it merges them."""
    for part in range(1, parts + 1):
        await write_email_index(objects, run_id, part, email_index_of(part, emails))


def _entry(chance: random.Random, part: int, customer_id: str) -> IndexEntry:
    numbers = [int(PRODUCTS * chance.random() ** 3) for _ in range(5)]
    own, sorry = chance.random() < 0.68, chance.random() < 0.02
    wordings = dict(_wordings(chance, part, numbers, customer_id if own else ""))
    refused = ("closing",) if chance.random() < 0.001 else ()
    row: dict[str, Any] = {
        "customer_id": customer_id,
        "key": customer_digest(customer_id),
        "part": part,
        "name": chance.choice(NAMES),
        "subject": f"A {_name(numbers[0])}, now {chance.randrange(10, 100)} EUR",
        "preheader": "Chosen to go with what you have, and within reach.",
        "products": [IndexedProduct(product_id=f"P{each}", name=_name(each)) for each in numbers],
        "categories": tuple(dict.fromkeys(f"Category {each % CATEGORIES}" for each in numbers)),
        "reasons": [REASONS[int(len(REASONS) * chance.random() ** 2)] for _ in numbers],
        "occasion": "sorry" if sorry else "liked",
        "copy_source": CopySource.MIXED if refused else CopySource.AI,
        "template_fields": refused,
        "refused_fields": refused,
        "repaired": chance.random() < 0.05,
        "price": Decimal(chance.randrange(5, 500)),
        "currency": "EUR",
        "source": RecommendationSource.PERSONALIZE,
        "language": chance.choice(("de", "en", None)),
        "wordings": {field: each.digest for field, each in wordings.items()},
    }
    texts = [(each.field, f"{each.text.split()[0]} your {{name}} …", each.text) for each in wordings.values()]
    return IndexEntry(EmailIndexRow.model_validate(row), list(wordings.values()), texts)


def _wordings(
    chance: random.Random, part: int, numbers: list[int], whose: str
) -> Iterator[tuple[str, WordingCount]]:
    for field in FIELDS:
        kind, of = (
            field.partition(".")[0].replace("lines", "line"),
            numbers[int(field.partition(".")[2] or 1) - 1],
        )
        own, framed = whose if kind != "line" else "", kind in {"intro", "closing"}
        about = own or ("all" if framed else of)
        told = f"{chance.choice(OPENINGS)} your {{1.name}} at hand, for {about} days."
        product = "" if own or framed else f"P{of}"
        yield (
            field,
            WordingCount(
                digest=wording_digest(kind, told, product),
                field=kind,
                text=told,
                product_id=product,
                product_name=_name(of) if product else "",
                count=1,
                parts=(part,),
                customer_id=own or None,
            ),
        )


def _name(number: int) -> str:
    return f"{KINDS[number % len(KINDS)]} Model {number}"
