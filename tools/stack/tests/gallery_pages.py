"""Galleries of made-up emails, and how the page's script reads what a gallery has."""

import base64
import json
import re
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import html5lib

from fondly.contracts.file_names import file_name
from fondly.contracts.records import CopySource
from fondly.operations.emails.shown import Refusal, ShownEmail, ShownPick, ShownPrompt
from fondly.stack.gallery import GalleryWriter

ATTACK = "</script><script>alert(1)</script><!--<script>'\"&\u2028😀₹"
COLUMNS = ("id", "name", "address", "subject", "preheader", "products", "facets")
"""The members of a row of the list, in order, as `gallery.js` reads them."""


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
    }
    return ShownEmail(**fields | changes)


def prompt(prompt_key: str = "k1", **changes: Any) -> ShownPrompt:  # noqa: ANN401 - any field
    """Return a prompt with one answer and one refused wording, with the given changes."""
    fields: dict[str, Any] = {
        "prompt_key": prompt_key,
        "task": "product",
        "model_id": "a-model",
        "prompt_version": "7",
        "prompt": '<facts>{"task": "product", "products": [{"n": 1, "name": "Kettle"}]}</facts>',
        "answers": ('{"products": {"1": {"line": ["One", "Two"]}}}',),
        "verdicts": (Refusal("line", "It cures a headache.", "word", "cures"),),
        "input_tokens": 900,
        "output_tokens": 300,
    }
    return ShownPrompt(**fields | changes)


def write_gallery(
    out_dir: Path,
    summary: Mapping[str, Any],
    emails: Iterable[ShownEmail],
    prompts: Iterable[ShownPrompt] = (),
) -> Path:
    """Write a gallery of these, and return its page's path."""
    with GalleryWriter(out_dir) as gallery:
        for each in prompts:
            gallery.add_prompt(each)
        for one in emails:
            gallery.add(one)
        return gallery.finish(summary)


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
    """Return the list's rows by the names of their members, with products and facets as they are called."""
    data = listed(page)
    found = [dict(zip(COLUMNS, row, strict=True)) for row in data["emails"]]
    return [
        row | {name: [data[name][number] for number in row[name]] for name in ("products", "facets")}
        for row in found
    ]


def packed(page: Path, name: str) -> Any:  # noqa: ANN401 - whatever the file has
    """Return the contents of one file as the page's script unpacks them."""
    return unpacked(page.parent / "gallery" / f"{name}.js")


def unpacked(path: Path) -> Any:  # noqa: ANN401 - whatever the file has
    """Return a file's contents as the page's script unpacks them."""
    called = re.fullmatch(rf'receive\("{path.stem}", "([A-Za-z0-9+/=]*)"\);\n', path.read_text("ascii"))
    assert called
    return json.loads(zlib.decompress(base64.b64decode(called[1], validate=True)))
