"""Writes a shop's file with every key, and the JSON Schema by which editors complete and check it."""

import json
from collections.abc import Iterator, Mapping
from importlib.resources import files

from pydantic.fields import FieldInfo

from fondly.mailer.domain.message.shop_file import BrandSection
from fondly.mailer.domain.message.toml_file import Section
from fondly.operations.shop.file import HostsSection, ShopSection

SCHEMA_FILE = "fondly.schema.json"
HEAD = f"""#:schema ./{SCHEMA_FILE}
# What Fondly has to know of your shop. Every key may be missing: `fondly config show` says what applies.
# Editors check and complete this file by {SCHEMA_FILE}, which `fondly config schema` prints.
"""
TAIL = """
# How emails look: `fondly theme preview` shows it while you write.
# [theme]
# name = "market"

# Which subject line works: `fondly run results` compares the variants of a run.
# [subjects.variants]
# plain = "{subject}"
# named = "{customer.first_name}, {subject}"

# How your own files are read, unless Fondly knows their format.
# [columns]
"""
SECTIONS: Mapping[str, type[Section]] = {"brand": BrandSection, "shop": ShopSection, "hosts": HostsSection}
EXAMPLES: Mapping[str, object] = {
    "brand.name": "Fondly Shop",
    "brand.voice": "warm, plain and brief",
    "brand.do": ["name the moment in which a thing helps"],
    "brand.dont": ["puns on products"],
    "brand.sentences": ["Made to be mended."],
    "brand.remedy": "Write to us, and we put it right.",
    "brand.personal_words": True,
    "brand.strict": False,
    "brand.from_address": "hello@shop.example",
    "brand.postal_address": "Fondly Shop, 1 Example Street, Bengaluru 560001, India",
    "brand.unsubscribe_url": "https://shop.example/unsubscribe",
    "shop.url": "https://www.shop.example",
    "shop.review_language": "en",
    "shop.consent_not_required": "soft opt-in: similar goods",
    "hosts.links": ["shop.example", "*.shop.example"],
    "hosts.pictures": ["cdn.shop.example"],
}
"""For keys without a default."""


def commented(values: Mapping[str, object]) -> str:
    """Return a file that says these values by key, `shop.currency`, with all other keys as comments."""
    return HEAD + "".join(_section(name, values) for name in SECTIONS) + TAIL


def _section(name: str, values: Mapping[str, object]) -> str:
    lines = [
        line for key, field in SECTIONS[name].model_fields.items() for line in _key(name, key, field, values)
    ]
    return "\n".join(["", f"[{name}]", *lines, ""])


def _key(section: str, key: str, field: FieldInfo, values: Mapping[str, object]) -> Iterator[str]:
    path = f"{section}.{key}"
    yield f"# {field.description}"
    if path in values:
        yield f"{key} = {toml(values[path])}"
    else:
        yield f"# {key} = {toml(EXAMPLES.get(path, field.default))}"


def toml(value: object) -> str:
    """Return a text, a number or a list of texts as TOML, whose strings are those of JSON."""
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def schema_text() -> str:
    """Return the schema as JSON."""
    return files(__package__).joinpath(SCHEMA_FILE).read_text("utf-8")
