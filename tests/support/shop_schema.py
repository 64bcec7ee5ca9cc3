"""The JSON Schema of `fondly.toml`: `python -m tests.support.shop_schema` writes its file."""

from pathlib import Path

from pydantic import JsonValue

from fondly.operations.shop import writing
from fondly.operations.shop.file import ShopFile
from tests.support.compact_json import compact_json

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def made_schema() -> str:
    """Return the schema of the model as JSON."""
    made = _for_editors(ShopFile.model_json_schema())
    assert isinstance(made, dict)
    return compact_json({"$schema": DIALECT, **made, "title": "fondly.toml"}) + "\n"


def _for_editors(node: JsonValue) -> JsonValue:
    """Leave out what editors would offer in vain: null, which TOML lacks, defaults of tables, and titles."""
    if isinstance(node, list):
        return [_for_editors(each) for each in node]
    if not isinstance(node, dict):
        return node
    kept = {key: _for_editors(value) for key, value in node.items() if not _is_noise(key, value)}
    chosen = kept.pop("anyOf", None)
    if isinstance(chosen, list):
        [kind] = [each for each in chosen if each != {"type": "null"}]
        assert isinstance(kind, dict)
        return {**kept, **kind}
    return kept


def _is_noise(key: str, value: JsonValue) -> bool:
    if key == "title":
        return isinstance(value, str)
    return key == "default" and (value is None or isinstance(value, dict | list))


if __name__ == "__main__":
    Path(writing.__file__).with_name(writing.SCHEMA_FILE).write_text(made_schema(), encoding="utf-8")
