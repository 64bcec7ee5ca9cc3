"""Ingest as one writes it with pandas or polars: the same file, the same products and customers.

What ingest does beyond it is left out: other formats, languages and currencies, files larger than memory,
rejected rows told with their reasons, texts whose writers are unknown, consent, parts.
"""

import hashlib
import html
import json
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from harness.contender import Found, Work, timed

TIGHT = re.compile(r",(?<!\s,)(?!\s)")
PICTURES = re.compile(r"https?://[^\s,<>\"]{1,500}?\.(?:jpe?g|png|gif|webp)(?:\?[^\s,]*)?", re.IGNORECASE)
HIDDEN = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\ufeff]")
NUMBER = re.compile(r"[0-9.]+")
JOINED = ("user_name", "review_title", "review_content")
NUMBERS = ("discounted_price", "actual_price", "discount_percentage", "rating", "rating_count")
PLAIN = ("product_id", "product_name", "category", *NUMBERS, "about_product", "brand", "parent_id", "variant")
Shop = tuple[list[dict[str, Any]], list[dict[str, Any]]]
"""Products, each as its cells; and reviews, each as the cells of who wrote it."""


def prepare(library: str, path: str, units: str) -> Work:
    """Return a round with a library."""
    read = {"pandas": with_pandas, "polars": with_polars}[library]

    def work() -> Found:
        found: Found = {"units": int(units)}
        with timed(found):
            products, customers = _records(*read(Path(path)))
            lines = [json.dumps(each, ensure_ascii=False) for each in (*products, *customers)]
        return found | {"proof": proof_of(products, customers), "lines": len(lines)}

    return work


def with_pandas(path: Path) -> Shop:
    """Read and clean with pandas."""
    import pandas as pd  # noqa: PLC0415 - each process has one of the libraries to load

    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    rows[list(NUMBERS)] = rows[list(NUMBERS)].replace(r"[₹,%]", "", regex=True)
    ids = rows["user_id"].str.split(",")
    reviews = pd.DataFrame({"product_id": rows["product_id"], "user_id": ids})
    reviews["review_id"] = rows["review_id"].str.split(",")
    for name in JOINED:
        reviews[name] = [_split(cell, len(each)) for cell, each in zip(rows[name], ids, strict=True)]
    reviews = reviews.explode(["user_id", "review_id", *JOINED])
    for name in JOINED:
        reviews[name] = reviews[name].map(_text)
    return rows[list(PLAIN)].to_dict("records"), reviews.to_dict("records")


def with_polars(path: Path) -> Shop:
    """Read and clean with polars, whose expressions know no lookaround: a loose comma is kept as a NUL."""
    import polars as pl  # noqa: PLC0415 - each process has one of the libraries to load

    rows = pl.read_csv(path, infer_schema=False).fill_null("")
    rows = rows.with_columns(pl.col(NUMBERS).str.replace_all("[₹,%]", ""))
    ids = pl.col("user_id").str.split(",")
    kept = [pl.col("product_id"), ids, pl.col("review_id").str.split(",")]
    for name in JOINED:
        cell, count = pl.col(name), ids.list.len()
        loose = cell.str.replace_all(r"(\s),", "${1}\0").str.replace_all(r",(\s)", "\0${1}")
        tight = loose.str.split(",").list.eval(pl.element().str.replace_all("\0", ","))
        kept.append(
            pl.when(count == 1)
            .then(pl.concat_list(cell))
            .when(cell.str.count_matches(",") == count - 1)
            .then(cell.str.split(","))
            .when(tight.list.len() == count)
            .then(tight)
            .otherwise(pl.lit("").repeat_by(count))
            .alias(name)
        )
    reviews = rows.select(kept).explode("user_id", "review_id", *JOINED)
    reviews = reviews.with_columns(pl.col(JOINED).map_elements(_text, return_dtype=pl.String))
    return rows.select(PLAIN).to_dicts(), reviews.to_dicts()


def _split(cell: str, count: int) -> list[str]:
    if count == 1:
        return [cell]
    if cell.count(",") == count - 1:
        return cell.split(",")
    entries = TIGHT.split(cell)
    return entries if len(entries) == count else [""] * count


def _text(cell: str) -> str:
    return " ".join(
        HIDDEN.sub("", unicodedata.normalize("NFC", PICTURES.sub(" ", html.unescape(cell)))).split()
    )


def _records(products: Iterable[dict[str, Any]], reviews: Iterable[dict[str, Any]]) -> Shop:
    """Make the records that ingest makes: a product each, and a customer each with their reviews."""
    made = {each["product_id"]: _product(each) for each in products}
    customers: dict[str, dict[str, Any]] = {}
    for each in reviews:
        of = customers.setdefault(each["user_id"], {"id": each["user_id"], "name": None, "reviews": {}})
        of["name"] = of["name"] or each["user_name"] or None
        title, text = each["review_title"] or None, each["review_content"] or None
        review = of["reviews"].setdefault(each["review_id"], {"title": title, "text": text, "products": []})
        review |= {"title": review["title"] or title, "text": review["text"] or text}
        review["products"] = sorted({*review["products"], each["product_id"]})
    return list(made.values()), list(customers.values())


def _product(cells: dict[str, str]) -> dict[str, Any]:
    return {
        "id": cells["product_id"],
        "name": _text(cells["product_name"]),
        "category": [part for part in map(_text, cells["category"].split("|")) if part],
        "numbers": [float(cells[name]) if NUMBER.fullmatch(cells[name]) else None for name in NUMBERS],
        "bullets": [part for part in map(_text, cells["about_product"].split("|")) if part],
        "of": [cells[name] or None for name in ("brand", "parent_id", "variant")],
    }


def proof_of(products: Iterable[dict[str, Any]], customers: Iterable[dict[str, Any]]) -> str:
    """Return a digest of records, in whichever order."""
    lines = sorted(json.dumps(each, sort_keys=True) for each in (*products, *customers))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
