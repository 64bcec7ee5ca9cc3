"""What applies to a shop, as a table."""

import json
from collections.abc import Sequence

from pydantic import JsonValue
from rich.console import Console

from fondly.cli.tables import cell, table
from fondly.operations.shop.rows import Row

MAX_COLUMNS_CHARS = 200


def show_settings(rows: Sequence[Row], console: Console) -> None:
    """Print a row for each key; a dash stands for nothing."""
    made = table("key", "value", "from", fold="value")
    for row in rows:
        made.add_row(row.key, cell(_shown(row.value)), cell(row.origin))
    console.print(made)


def _shown(value: JsonValue) -> str | None:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)[:MAX_COLUMNS_CHARS]
    return value if value is None or isinstance(value, str) else json.dumps(value)
