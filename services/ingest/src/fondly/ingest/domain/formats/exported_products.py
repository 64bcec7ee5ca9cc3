"""Maps the products of an export: their variants, prices, categories, pictures and stock, by its rules."""

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from urllib.parse import quote

from fondly.ingest.domain.formats.export import CONTINUES, UNTRACKED, Role
from fondly.ingest.domain.formats.mapper import ExportMapper, Parts, Row, Source
from fondly.ingest.domain.markup import MAX_HTML_CHARS, plain
from fondly.ingest.domain.text import clean

_NEXT_PICTURE = re.compile(r"[,;|]\s*(?=https?:|/)")
_SHORT_YEAR = re.compile(r"^([0-9]{1,2}([-/.])[0-9]{1,2}\2)([0-9]{2})(?![0-9])")
_NO_OPTION = {"", "Default Title"}
_SHOWN_PRICES = {"discounted_price", "actual_price"}
_PRICES = {"price", "sale_price", "list_price"}
_BRAND = re.compile(r"(?:^|,)(?:brand|manufacturer)=([^,]+)")
"""In the attributes that Adobe Commerce joins: `brand=Acme,material=Wool`."""


class ExportedProducts(ExportMapper):
    """Maps rows of products and their variants; a variant has what its product says unless it says more.

    What a row needs of a later one, as a variant of a parent that stands below it, is known from the first
    reading of the file.
    """

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._known = source.known
        self._shop_url = source.constants.get("shop_url", "").rstrip("/")
        self._numbered = sorted(part for part in self.positions if re.fullmatch("option[0-9]", part))
        self._parent = Parts()
        self._categories = lru_cache(maxsize=4096)(self._paths)

    def map(self, cells: Sequence[str]) -> list[Row]:
        """Return a product or variant; nothing for a row that is only about others."""
        parts = self.parts(cells)
        role = self._role(parts)
        if role == "other" or any(parts[part] for part in self.rules.not_own):
            return []
        if role == "picture":
            if (picture := self._picture(parts)) and self._key not in self._known.pictures:
                self._known.pictures[self._key] = picture
            return []
        if role == "repriced":
            self._known.repriced[parts["sku"]] = bool(parts["price"])
            return []
        if role != "variant":
            self._begin(parts, role)
            if role == "parent" or self._known.divided.get(self._key):
                self.left_out["sold as variants"] += 1
                return []
        return self._sold(self._variant(parts) if role == "variant" else self._alone(parts))

    @property
    def _key(self) -> str:
        return self._parent["family"]

    def _role(self, parts: Parts) -> Role:
        if self.rules.continues:
            handle = parts[self.rules.family]
            if not self._key or handle not in {self._key, ""} or parts["product_name"]:
                return "product"
            return "variant" if parts["sku"] or parts["price"] or parts["option1"] else "other"
        kind = parts["row_type"].partition(",")[0].strip().casefold()
        return self.rules.roles.get(kind, "product")

    def _begin(self, parts: Parts, role: Role) -> None:
        """Go on with another product; what its variants take from it is remembered."""
        rules = self.rules
        parts["family"] = parts[rules.family]
        parts["brand"] = parts["brand"] or "".join(_BRAND.findall(parts["attributes"])[:1])
        kept = ("family", *rules.of_parent, *rules.inherited, *rules.on, *rules.off, *self.others)
        self._parent = Parts({part: parts[part] for part in kept if parts[part]})
        for key in rules.keys if role == "parent" else ():
            self._known.parents[key.format_map(parts)] = self._parent
        for child in filter(None, parts["children"].split("|")):
            pairs = dict(pair.split("=", 1) for pair in child.split(",") if "=" in pair)
            sku = pairs.pop("sku", "")
            self._known.children[sku] = (self._key, ", ".join(pairs.values()))

    def _variant(self, parts: Parts) -> Parts:
        """Return a variant's row with what it has from its product."""
        if self.rules.keys:
            parent = self._known.parents.get(parts["parent"], Parts())
            parts["family"] = parts["parent"].removeprefix("id:")
        else:
            parent = self._parent
            self._known.divided[self._key] = not self.rules.continues
        parts["variant"] = self._options(parts)
        return self._of(parent, parts)

    def _alone(self, parts: Parts) -> Parts:
        """Return the row of a product, which another row may call a variant."""
        parts["variant"] = self._options(parts) if self.rules.continues else ""
        key, variant = self._known.children.get(parts["sku"], ("", ""))
        parent = self._known.parents.get(key)
        return self._of(parent, Parts(parts | {"variant": variant})) if parent else parts

    def _of(self, parent: Parts, parts: Parts) -> Parts:
        """Return a row with its parent's texts where it must have, or lacks, them; prices go together."""
        own = {part: text for part, text in parts.items() if text}
        always = {part: parent[part] for part in ("family", *self.rules.of_parent) if parent[part]}
        found = Parts(
            {part: text for part, text in parent.items() if not (parts["price"] and part in _PRICES)}
        )
        return Parts(found | own | always | ({"off": "yes"} if self.is_off(parent) else {}))

    def _options(self, parts: Parts) -> str:
        """Return what a variant is a variant by."""
        found = [parts[option] for option in self._numbered if parts[option] not in _NO_OPTION]
        if self.rules.options:
            found = re.findall(self.rules.options, parts["options"])
        return ", ".join(plain(option.replace("\\,", ",").strip()) for option in found)

    def _sold(self, parts: Parts) -> list[Row]:
        """Return the product of a row that has all its parts; nothing without a price."""
        options = [option for option in parts["variant"].split(", ") if option]
        product = self.row(
            {
                **{part: parts[part] for part in ("product_name", "variant", *self.others)},
                **_prices(parts),
                "product_id": parts["sku"] or parts["id"] or ":".join([parts["family"], *options]),
                "parent_id": parts["family"],
                "brand": parts["brand"],
                "category": self._categories(parts["category"] or parts["type"]),
                "about_product": self._about(parts),
                "img_link": self._picture(parts) or self._known.pictures.get(parts["family"], ""),
                "product_link": self._address(self.rules.link, parts, parts["product_link"]),
                "in_stock": self._stock(parts),
            }
        )
        if _SHOWN_PRICES.isdisjoint(product):
            self.left_out["without a price"] += 1
            return []
        return [product]

    def _stock(self, parts: Parts) -> str:
        """Return whether a product can be bought; empty where the program does not count or say it."""
        quantity = parts["quantity"]
        if parts["off"] or self.is_off(parts) or self._known.repriced.get(parts["sku"]):
            return "no"
        is_counted = quantity and not (
            "tracker" in self.positions and parts["tracker"].casefold() in UNTRACKED
        )
        if parts["stock_state"] or not is_counted:
            return parts["stock_state"]
        if parts["policy"].casefold() in CONTINUES:
            return "yes"
        return "no" if quantity.startswith("-") or _is_zero(quantity) else "yes"

    def _about(self, parts: Parts) -> str:
        """Return a description: HTML as it is, else its lines between bars."""
        text = (parts["about_product"] or parts["summary"])[:MAX_HTML_CHARS].replace("|", "/")
        if self.rules.code:
            text = re.sub(self.rules.code, " ", text)
        lines = text.replace("\\n", "\n").splitlines()
        return "\n".join(lines) if "<" in text else "|".join(lines)

    def _picture(self, parts: Parts) -> str:
        """Return the address of the first of a row's pictures."""
        parts["picture"] = _NEXT_PICTURE.split(parts["variant_image"] or parts["img_link"], 1)[0].strip()
        return self._address(self.rules.picture, parts, parts["picture"])

    def _address(self, template: str, parts: Parts, given: str) -> str:
        """Return the address that is given, else one of the shop's as the program makes them."""
        if "://" in given or not template:
            return given
        needed = re.findall(r"{(\w+)}", template)
        if not self._shop_url or not all(parts[part] for part in needed):
            return ""
        made = template.format_map(Parts({part: quote(parts[part].lstrip("/")) for part in needed}))
        return f"{self._shop_url}/{made.lstrip('/')}"

    def _paths(self, cell: str) -> str:
        """Return paths as Fondly reads them, `Apparel > Shirts;Sale`; numbers name no category."""
        text = clean(plain(cell))
        root = re.split("[/,|]", text, maxsplit=1)[0]
        between = self.rules.paths.replace("{root}", re.escape(root))
        found = re.split(between, text) if between else [text]
        paths = (
            [_name(level) for level in re.split(self.rules.level, path) if level.strip()] for path in found
        )
        rooted = [levels[self.rules.has_root :] for levels in paths]
        return ";".join(" > ".join(levels) for levels in rooted if levels and not levels[-1].isdecimal())


def _name(level: str) -> str:
    """Return a category's name without what would end it."""
    bare = re.sub(r"\\(.)", r"\1", level).strip()
    return bare.replace(";", ",").replace(",", "\\,").replace(" > ", " - ")


def _prices(parts: Parts) -> Row:
    """Return what a product costs now, and what it cost before; a sale holds while its dates say so."""
    price, sale, listed = (_amount(parts[part]) for part in ("price", "sale_price", "list_price"))
    sale = sale or _discounted(price, parts)
    if not sale:
        return {"discounted_price": price, "actual_price": listed}
    dates = {field: _date(parts[field]) for field in ("sale_starts", "sale_ends")}
    return {"discounted_price": sale, "actual_price": price or listed, **dates}


def _discounted(price: str, parts: Parts) -> str:
    """Return a price less its discount; none if there is none, or if an amount cannot be read."""
    amount, percent = _amount(parts["discount_amount"]), _amount(parts["discount_percent"])
    try:
        off = Decimal(amount) if amount else Decimal(price) * Decimal(percent) / 100
        return f"{Decimal(price) - off:.2f}"
    except InvalidOperation:
        return ""


def _amount(text: str) -> str:
    """Return an amount of money; a zero stands for none."""
    return "" if _is_zero(text) else text


def _date(text: str) -> str:
    """Return a date with a year of four digits, which Adobe Commerce shortens; zeros stand for none."""
    return "" if text.startswith("0000") else _SHORT_YEAR.sub(r"\g<1>20\3", text)


def _is_zero(text: str) -> bool:
    return not text.strip("0.,")
