"""The features of products as tables for people."""

from collections.abc import Iterator, Sequence

from rich.console import Console, Group, RenderableType
from rich.table import Table

from fondly.cli.tables import cell, table
from fondly.mailer.domain.facts.features import ProductFeatures
from fondly.mailer.domain.facts.titles import title
from fondly.mailer.domain.text import cut
from fondly.operations.formatting import age, since

CALLED_CHARS = 24


def feature_table(records: Sequence[ProductFeatures], *, refused: bool) -> Table:
    """A row per product; with `refused`, a row for each proposal that was refused, with its reason."""
    last = "refused" if refused else "features"
    shown = table("product", "called", "by", last, fold=last)
    for record in records:
        rows = record.refused if refused else (", ".join(record.features) or None,)
        for number, row in enumerate(rows):
            shown.add_row(*(_head(record) if number == 0 else [cell("")] * 3), cell(row))
    return shown


def show_features(record: ProductFeatures, console: Console) -> None:
    """Print everything about a product's features."""
    console.print(cell(record.product_name or record.product_id, "bold"), soft_wrap=True)
    console.print(Group(*_sections(record)))


def _head(record: ProductFeatures) -> list[RenderableType]:
    called = cut(title(record.product_name), max_chars=CALLED_CHARS)
    decider = cell(_decider(record), "yellow" if record.edited else "dim")
    return [cell(record.product_id), cell(called or None), decider]


def _decider(record: ProductFeatures) -> str:
    return (record.edited_by or "a person") if record.edited else "model"


def _sections(record: ProductFeatures) -> Iterator[RenderableType]:
    facts = table("name", "value", fold="value")
    facts.show_header = False
    for name, value in _facts(record).items():
        facts.add_row(cell(f"  {name}", "dim"), cell(value))
    yield facts
    for number, feature in enumerate(record.features, 1):
        yield cell(f"  f{number}  {feature}")
    if not record.features:
        yield cell("  no features: emails name this product without any", "yellow")
    if record.refused:
        yield cell("  refused proposals of the model", "bold")
    yield from (cell(f"  {refused}", "dim") for refused in record.refused)


def _facts(record: ProductFeatures) -> dict[str, str | None]:
    when = f"{record.updated_at:%Y-%m-%d %H:%M:%S} UTC, {age(since(record.updated_at))} ago"
    return {
        "product": record.product_id,
        "title": title(record.product_name) or None,
        "decided by": _decider(record),
        "model": record.model_id or None,
        "prompt": record.prompt_version or None,
        "since": when,
    }
