"""Galleries of made-up emails, and how the page's script reads what a gallery has."""

import base64
import json
import re
import zlib
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import html5lib

from encore.stack.gallery import GalleryEmail

ATTACK = "</script><script>alert(1)</script><!--<script>'\"&\u2028😀₹"


def email(customer_id: str = "A1", **changes: Any) -> GalleryEmail:  # noqa: ANN401 - any field
    """Return an email with the given changes."""
    fields: dict[str, Any] = {
        "customer_id": customer_id,
        "name": "Priya Rao",
        "subject": "Five finds ✨",
        "preheader": "From ₹199",
        "products": ("Kettle", "Lamp", "Mouse", "Bottle", "Iron"),
        "reasons": ("liked: Mug", "new", "popular", "popular", "featured"),
        "template_copy": False,
        "html": "<!doctype html><html><head></head><body>₹</body></html>",
        "text": "Hello Priya",
        "source": "MIME-Version: 1.0\r\n\r\nHello",
    }
    return GalleryEmail(**fields | changes)


def parsed(page: Path) -> Element:
    """Return the page's tree; html5lib raises on any error of syntax."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree: Element = parser.parse(page.read_text(encoding="utf-8"))
    return tree


def listed(page: Path) -> dict[str, Any]:
    """Return the list's data as the page's script reads it."""
    (data,) = (each for each in parsed(page).iter("script") if each.get("id") == "data")
    content: dict[str, Any] = json.loads(data.text or "")
    return content


def packed(page: Path, name: str) -> Any:  # noqa: ANN401 - whatever the file has
    """Return the contents of one file as the page's script unpacks them."""
    script = page.parent.joinpath("gallery", f"{name}.js").read_text(encoding="ascii")
    called = re.fullmatch(rf'receive\("{name}", "([A-Za-z0-9+/=]*)"\);\n', script)
    assert called
    return json.loads(zlib.decompress(base64.b64decode(called[1])))
