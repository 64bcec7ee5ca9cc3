"""The shop's file: what a marketer writes about products, brands and categories, read as `ShopRules`.

    exclude: {products: [B07XJ8C8F5], brands: [Acme], categories: [Smart Televisions]}
    pin: [B08HDJ86NZ, B09C6HXFC1]
    durable: {Headphones: true, Televisions: false}
    complements: {Televisions: [HDMI Cables, Wall Mounts]}

Every part may be left out. Ids are texts, as written: 007 is not 7.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from fondly.contracts.errors import InvalidFileError
from fondly.runtime.yaml_files import Said, read_yaml


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopRules:
    """A shop's own decisions, empty if it has none; category names are matched by their words."""

    excluded_products: frozenset[str] = frozenset()
    """Product ids that are never picked."""
    excluded_brands: frozenset[str] = frozenset()
    excluded_categories: tuple[str, ...] = ()
    pinned: tuple[str, ...] = ()
    """Product ids that are offered to everybody who may get them, in this order."""
    durable: Mapping[str, bool] = field(default_factory=dict)
    """By category: whether customers own one for years, where the shipped table is wrong for this shop."""
    complements: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By category: the categories of what goes with it, best first; they come before all others."""


MAX_BYTES = 512 * 1024
MAX_CHARS = 256


def _composed(text: str) -> str:
    """Return a text as ingest leaves those that it is compared with: in NFC, single-spaced."""
    composed = " ".join(unicodedata.normalize("NFC", text).split())
    if not 0 < len(composed) <= MAX_CHARS:
        raise ValueError(f"expected a text of 1 to {MAX_CHARS} characters")
    return composed


_Text = Annotated[str, AfterValidator(_composed)]
_Texts = Annotated[tuple[_Text, ...], AfterValidator(lambda texts: tuple(dict.fromkeys(texts)))]


class _Excluded(Said):
    products: _Texts = ()
    brands: _Texts = ()
    categories: _Texts = ()


class _File(Said):
    exclude: _Excluded = _Excluded()
    pin: _Texts = ()
    durable: dict[_Text, bool] = Field(default_factory=dict)
    complements: dict[_Text, _Texts] = Field(default_factory=dict)

    @field_validator("pin")
    @classmethod
    def _not_excluded(cls, pinned: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        excluded = info.data.get("exclude", _Excluded()).products
        if both := [one for one in pinned if one in excluded]:
            raise ValueError(f"found {', '.join(both)} among what is excluded, expected other products")
        return pinned


_KEYS = {*_File.model_fields, *_Excluded.model_fields}


def read_shop_rules(body: bytes, *, file: str) -> ShopRules:
    """Read the file; raise `InvalidFileError`, which names `file` and lists every problem with its line."""
    if len(body) > MAX_BYTES:
        raise InvalidFileError(
            f"{file}: line 1: found a file of more than {MAX_BYTES} bytes, expected a smaller one"
        )
    try:
        found = read_yaml(body.decode("utf-8-sig"), _File, file=file, keys=_KEYS)
    except UnicodeDecodeError as error:
        line = body[: error.start].count(b"\n") + 1
        raise InvalidFileError(f"{file}: line {line}: not valid UTF-8: {error.reason}") from error
    return ShopRules(
        excluded_products=frozenset(found.exclude.products),
        excluded_brands=frozenset(found.exclude.brands),
        excluded_categories=found.exclude.categories,
        pinned=found.pin,
        durable=found.durable,
        complements=found.complements,
    )
