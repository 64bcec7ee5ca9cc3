"""A made-up email with two products, a judge that refuses one word, and code that accepts everything."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fondly.evaluation.copy.emails import Emails, read_emails
from fondly.mailer.domain.copy.answers import Judged
from fondly.mailer.domain.copy.prompt import Prompt
from fondly.mailer.domain.copy.wording import Wording
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
REFUSED, WHY = "free", "offer"


def judge(prompts: Sequence[Prompt]) -> list[str]:
    """Refuse every text that has one word."""
    return [_judged(json.loads(each.entry)["texts"]) for each in prompts]


def unknowing(prompts: Sequence[Prompt]) -> list[None]:
    """Know no verdict."""
    return [None] * len(prompts)


def _judged(texts: list[dict[str, Any]]) -> str:
    refused = [{"id": each["id"], "span": REFUSED, "why": WHY} for each in texts if REFUSED in each["text"]]
    return json.dumps({"questions": {"1": {"refused": refused}}})


def accept_all(answer: Mapping[str, Sequence[Wording]], _ground: object, *, strict: bool) -> Judged:  # noqa: ARG001 - as the mailer's
    """Check nothing by code."""
    return Judged({field: tuple(each) for field, each in answer.items()}, ())


def write_emails(folder: Path, **changes: object) -> Path:
    """Write a file with the email A; return its path."""
    path = folder / "emails.json"
    path.write_text(json.dumps({"A": EMAIL | changes}))
    return path


def emails(folder: Path) -> Emails:
    """Return the email A."""
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
