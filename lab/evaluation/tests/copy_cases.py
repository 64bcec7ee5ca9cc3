"""A made-up email with two products, and a gate that refuses one word and one slot."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fondly.evaluation.copy.emails import Facts, read_emails
from fondly.evaluation.copy.judging import Problem
from fondly.mailer.domain.facts.email import EmailFacts
from lab.evaluation.tests.shops import a_product

PRODUCTS = [a_product(name, "Home", "Lamps") for name in ("lamp", "lantern")]
RECOMMENDATION: dict[str, object] = {
    "customer_id": "ann",
    "name": "Ann",
    "source": "popularity",
    "picks": [
        {"product": each.model_dump(mode="json"), "reason": {"kind": "assortment"}} for each in PRODUCTS
    ],
}
EMAIL = {"recommendation": RECOMMENDATION, "brand": "Made-up Shop", "locale": "en_IN"}
REFUSED = "free"


def gate(_field: str, text: str, _facts: EmailFacts) -> list[Problem]:
    """Refuse a text by every occurrence of one word."""
    return [Problem(rule="offer", found=REFUSED)] * text.count(REFUSED)


def write_emails(folder: Path, **changes: object) -> Path:
    """Write a file with the email A; return its path."""
    path = folder / "emails.json"
    path.write_text(json.dumps({"A": EMAIL | changes}))
    return path


def facts(folder: Path) -> Facts:
    """Return the facts of the email A."""
    return read_emails(write_emails(folder))


def write_lines(folder: Path, lines: Sequence[Mapping[str, Any] | str]) -> Path:
    """Write these objects as JSON Lines, and texts as they are; return the path."""
    path = folder / "lines.jsonl"
    path.write_text("".join(f"{each if isinstance(each, str) else json.dumps(each)}\n" for each in lines))
    return path


def line(text: str, label: str = "lie", **changes: object) -> dict[str, object]:
    """A line of a suite."""
    given = {"id": "1", "email": "A", "field": "lines.1", "text": text, "label": label, "kind": "offers"}
    return given | changes
