"""What applies to a shop."""

import json

from pydantic import JsonValue

from fondly.cli.tables.declaration import Column, Columns
from fondly.operations.shop.rows import Row

SETTINGS: Columns[Row] = (
    Column("key", lambda row: row.key),
    Column("value", lambda row: _shown(row.value), fold=True),
    Column("from", lambda row: row.origin),
)


def _shown(value: JsonValue) -> str | None:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)[:200]
    return value if value is None or isinstance(value, str) else json.dumps(value)
