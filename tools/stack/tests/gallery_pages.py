"""Galleries of made-up emails, and how the page's script reads what a gallery has."""

import base64
import json
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import html5lib

from fondly.contracts.file_names import file_name
from fondly.contracts.records import CopySource
from fondly.operations.emails.shown import Refusal, ShownEmail, ShownPick, ShownPrompt
from fondly.stack.gallery import GalleryWriter
from fondly.stack.gallery.categories import GalleryCategory

ATTACK = "</script><script>alert(1)</script><!--<script>'\"&\u2028😀₹"
COLUMNS = (
    "id",
    "name",
    "address",
    "subject",
    "preheader",
    "products",
    "reasons",
    "source",
    "labels",
    "unhappy",
    "template",
    "refused",
    "body",
    "delivery",
)
"""The members of a row of the list, in order, as `data.js` reads them."""


def pick(name: str, kind: str = "popular", **changes: Any) -> ShownPick:  # noqa: ANN401 - any field
    """Return a pick with the given changes; its id is its name in lower case."""
    return ShownPick(**{"product_id": name.lower(), "name": name, "kind": kind} | changes)


def picks(*names: str) -> tuple[ShownPick, ...]:
    """Return a pick of each name."""
    return tuple(pick(name) for name in names)


def email(customer_id: str = "A1", **changes: Any) -> ShownEmail:  # noqa: ANN401 - any field
    """Return an email with the given changes."""
    fields: dict[str, Any] = {
        "customer_id": customer_id,
        "file": f"{file_name(customer_id)}.eml",
        "name": "Priya Rao",
        "subject": "Five finds ✨",
        "preheader": "From ₹199",
        "picks": picks("Kettle", "Lamp", "Mouse", "Bottle", "Iron"),
        "copy_source": CopySource.AI,
        "html": "<!doctype html><html><head></head><body>₹</body></html>",
        "text": "Hello Priya",
        "source": "MIME-Version: 1.0\r\n\r\nHello",
    }
    return ShownEmail(**fields | changes)


def prompt(prompt_key: str = "k1", **changes: Any) -> ShownPrompt:  # noqa: ANN401 - any field
    """Return a prompt with one answer and one refused wording, with the given changes."""
    fields: dict[str, Any] = {
        "prompt_key": prompt_key,
        "task": "product",
        "model_id": "a-model",
        "prompt_version": "7",
        "system_sha256": "0" * 64,
        "prompt": '<facts>{"task": "product", "products": [{"n": 1}]}</facts>',
        "answers": ('{"products": {"1": {"line": ["One", "Two"]}}}',),
        "verdicts": (Refusal("line", "It cures a headache.", "word", "cures"),),
        "input_tokens": 900,
        "output_tokens": 300,
        "cache_read_tokens": 700,
        "cache_write_tokens": 0,
        "paid": True,
        "created_at": "2026-11-25T09:00:00Z",
    }
    return ShownPrompt(**fields | changes)


def write_gallery(
    out_dir: Path,
    summary: Mapping[str, Any],
    emails: Iterable[ShownEmail],
    categories: Sequence[GalleryCategory] = (),
    prompts: Iterable[ShownPrompt] = (),
) -> Path:
    """Write a gallery of these, and return its page's path."""
    with GalleryWriter(out_dir) as gallery:
        for each in prompts:
            gallery.add_prompt(each)
        for one in emails:
            gallery.add(one)
        return gallery.finish(summary, categories)


def parsed(page: Path) -> Element:
    """Return the page's tree; html5lib raises on any error of syntax."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree: Element = parser.parse(page.read_text(encoding="utf-8"))
    return tree


def listed(page: Path) -> dict[str, Any]:
    """Return the list's data as the page's script reads it."""
    content: dict[str, Any] = packed(page, "list")
    return content


def rows(page: Path) -> list[dict[str, Any]]:
    """Return the list's rows by the names of their members."""
    found = (row for block in listed(page)["blocks"] for row in block["emails"])
    return [dict(zip(COLUMNS, row, strict=True)) for row in found]


def reasons(page: Path) -> list[list[str]]:
    """Return the kinds and evidence of the list's first block, in the order of their numbers."""
    found: list[list[str]] = listed(page)["blocks"][0]["reasons"]
    return found


def packed(page: Path, name: str) -> Any:  # noqa: ANN401 - whatever the file has
    """Return the contents of one file as the page's script unpacks them."""
    return unpacked(page.parent / "gallery" / f"{name}.js")


def unpacked(path: Path) -> Any:  # noqa: ANN401 - whatever the file has
    """Return a file's contents as the page's script unpacks them."""
    called = re.fullmatch(rf'receive\("{path.stem}", "([A-Za-z0-9+/=]*)"\);\n', path.read_text("ascii"))
    assert called
    return json.loads(zlib.decompress(base64.b64decode(called[1], validate=True)))
