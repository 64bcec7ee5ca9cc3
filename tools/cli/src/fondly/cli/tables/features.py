"""The features of products."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from fondly.cli.tables.declaration import Column, Columns, Line, Shown, Table, sheet
from fondly.mailer.domain.facts.features import ProductFeatures
from fondly.mailer.domain.facts.titles import title
from fondly.mailer.domain.text import cut
from fondly.operations.formatting import age, since

CALLED_CHARS = 24


class _Row(NamedTuple):
    """What is said of a product; only its first row names it."""

    product: ProductFeatures | None
    text: str | None


def feature_table(records: Sequence[ProductFeatures], *, refused: bool) -> Table[_Row]:
    """A row per product; with `refused`, a row for each proposal that was refused, with its reason."""
    rows = [
        _Row(None if number else record, text)
        for record in records
        for number, text in enumerate(record.refused if refused else [", ".join(record.features) or None])
    ]
    columns: Columns[_Row] = (
        Column("product", lambda row: row.product.product_id if row.product else ""),
        Column("called", lambda row: _called(row.product) if row.product else ""),
        Column(
            "by",
            lambda row: _decider(row.product) if row.product else "",
            lambda row: "yellow" if row.product and row.product.edited else "dim",
        ),
        Column("refused" if refused else "features", lambda row: row.text, fold=True),
    )
    return Table(columns, rows)


def product_features(record: ProductFeatures) -> Iterator[Shown]:
    """Yield everything about a product's features."""
    yield Line(record.product_name or record.product_id, "bold")
    facts = {
        "product": record.product_id,
        "title": title(record.product_name) or None,
        "decided by": _decider(record),
        "model": record.model_id or None,
        "prompt": record.prompt_version or None,
        "since": f"{record.updated_at:%Y-%m-%d %H:%M:%S} UTC, {age(since(record.updated_at))} ago",
    }
    yield sheet(facts.items(), name_style="dim", indent=2)
    for number, feature in enumerate(record.features, 1):
        yield Line(f"  f{number}  {feature}")
    if not record.features:
        yield Line("  no features: emails name this product without any", "yellow")
    if record.refused:
        yield Line("  refused proposals of the model", "bold")
    yield from (Line(f"  {refused}", "dim") for refused in record.refused)


def _called(record: ProductFeatures) -> str | None:
    return cut(title(record.product_name), max_chars=CALLED_CHARS) or None


def _decider(record: ProductFeatures) -> str:
    return (record.edited_by or "a person") if record.edited else "model"
