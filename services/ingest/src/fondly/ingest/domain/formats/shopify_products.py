"""Shopify's product export: a product's first row has its texts, later rows its other variants and images."""

from collections.abc import Sequence
from html.parser import HTMLParser
from urllib.parse import quote

from fondly.ingest.domain.formats.mapper import Cells, ExportMapper, Row, Source, without_apostrophe

MAX_HTML_CHARS = 20_000
"""As much of a description is read: the parser's time grows faster than broken HTML does."""

_SILENT = {"script", "style", "template", "noscript"}
_INLINE = frozenset({
    *("a", "abbr", "b", "bdi", "cite", "code", "del", "em", "font", "i", "img", "ins", "mark", "s", "small"),
    *("span", "strong", "sub", "sup", "u", "wbr"),
})  # fmt: skip


def entries(html: str) -> list[str]:
    """Return the texts of a description's blocks, in order; without markup, those of its lines."""
    html = html[:MAX_HTML_CHARS]
    if "<" not in html and "&" not in html:
        return [line for line in map(_single_spaced, html.splitlines()) if line]
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.finished()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._blocks = [""]
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - the parser's signature
        self._silent += tag in _SILENT
        self._divide(tag)

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(0, self._silent - (tag in _SILENT))
        self._divide(tag)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._blocks[-1] += data

    def finished(self) -> list[str]:
        """Return the blocks that say something."""
        return [text for text in map(_single_spaced, self._blocks) if text]

    def _divide(self, tag: str) -> None:
        if tag not in _INLINE and self._blocks[-1]:
            self._blocks.append("")


def _single_spaced(text: str) -> str:
    return " ".join(text.split())


_OF_VARIANT = ("discounted_price", "actual_price")
_OPTIONS = ("option1", "option2", "option3")
_NO_OPTION = "Default Title"
_NO = ("false", "no", "0")
_CONTINUES = ("continue", "true", "yes", "1")


class ShopifyProducts(ExportMapper):
    """Maps variants to products that are known by their SKU and belong to the family of their handle."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._shop_url = source.constants.get("shop_url", "").rstrip("/")
        self._handle = ""
        self._product: Row = {}
        self._state = ""

    def map(self, cells: Sequence[str]) -> Row | None:
        """Return a variant; None for a row with one more image of a product."""
        row = Cells(self.positions, cells)
        if not self._continues(row):
            self._handle = row["handle"]
            self._product = self._read_product(row)
            self._state = _state(row)
        elif not (row["sku"] or row["discounted_price"] or row["option1"]):
            return None
        return self._product | self._read_variant(row)

    def _continues(self, row: Cells) -> bool:
        handle = row["handle"]
        return bool(self._handle) and handle in {self._handle, ""} and not row["product_name"]

    def _read_product(self, row: Cells) -> Row:
        found = {part: row[part] for part in ("product_name", "brand", "img_link", *self.others)}
        found["category"] = _path(row["category"] or row["type"])
        found["about_product"] = "|".join(entry.replace("|", "/") for entry in entries(row["about_product"]))
        found["parent_id"] = row["handle"]
        if self._shop_url and row["handle"]:
            found["product_link"] = f"{self._shop_url}/products/{quote(row['handle'])}"
        return found

    def _read_variant(self, row: Cells) -> Row:
        options = [row[option] for option in _OPTIONS if row[option] not in {"", _NO_OPTION}]
        found = {part: row[part] for part in _OF_VARIANT}
        found |= {part: row[part] for part in self.others if row[part]}
        found["product_id"] = without_apostrophe(row["sku"]) or ":".join([self._handle, *options])
        found["variant"] = ", ".join(options)
        found["in_stock"] = self._state or _stock(row)
        if _is_zero(found["actual_price"]):
            found["actual_price"] = ""
        if row["variant_image"]:
            found["img_link"] = row["variant_image"]
        return found


def _path(category: str) -> str:
    """Return a path of Shopify's taxonomy, `Apparel > Shirts`, in the form that Fondly reads."""
    return "|".join(part.strip() for part in category.split(" > "))


def _state(row: Cells) -> str:
    """Return `no` for a product that is not on sale: a draft, archived, or not in the online store."""
    is_off = row["published"].casefold() in _NO or row["status"].casefold() not in {"", "active"}
    return "no" if is_off else ""


def _stock(row: Cells) -> str:
    """Return whether a variant can be bought; empty where Shopify does not track it or does not say."""
    if not row["tracker"] or not row["quantity"]:
        return ""
    if row["policy"].casefold() in _CONTINUES:
        return "yes"
    return "no" if row["quantity"].startswith("-") or _is_zero(row["quantity"]) else "yes"


def _is_zero(text: str) -> bool:
    return bool(text) and not text.strip("0.")
