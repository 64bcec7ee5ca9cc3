"""Writes a shop's file with every key, and the JSON Schema by which editors complete and check it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files

from pydantic.fields import FieldInfo

from fondly.mailer.domain.message.shop_file import BrandSection
from fondly.mailer.domain.message.toml_file import Section
from fondly.operations.shop.file import HostsSection, ShopSection
from fondly.operations.shop.guessing import Guess

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
NEEDED = (
    *("brand.name", "brand.from_address", "brand.postal_address"),
    *("shop.url", "shop.currency", "shop.locale", "shop.time_zone"),
)
"""What has to be said of every shop: its default is another shop's."""


@dataclass(frozen=True)
class Said:
    """What a first file says by key, `shop.currency`; what it leaves open is a comment in it."""

    values: Mapping[str, object]
    unsure: Mapping[str, Guess] = field(default_factory=dict)
    """What somebody has to confirm."""
    proven: Mapping[str, str] = field(default_factory=dict)
    """Why the values are taken that nobody was asked for."""

    @classmethod
    def proven_by(cls, guesses: Mapping[str, Guess]) -> "Said":
        """Return what the files themselves prove."""
        proven = {key: each for key, each in guesses.items() if each.is_proven}
        unsure = {key: each for key, each in guesses.items() if key not in proven}
        why = {key: f"{toml(each.value)}, {each.why}" for key, each in proven.items()}
        return cls({key: each.value for key, each in proven.items()}, unsure, why)

    @property
    def missing(self) -> list[str]:
        """The keys that somebody has to fill in, as no default suits."""
        return [key for key in NEEDED if key not in self.values]


def commented(said: Said) -> str:
    """Return a file that says these values, with all other keys as comments."""
    return HEAD + "".join(_section(name, said) for name in SECTIONS) + TAIL


def _section(name: str, said: Said) -> str:
    keys = SECTIONS[name].model_fields.items()
    return "\n".join(
        ["", f"[{name}]", *(line for key, about in keys for line in _key(name, key, about, said)), ""]
    )


def _key(section: str, key: str, about: FieldInfo, said: Said) -> Iterator[str]:
    path = f"{section}.{key}"
    yield f"# {about.description}"
    if path in said.values:
        yield f"{key} = {toml(said.values[path])}"
    elif guess := said.unsure.get(path):
        yield f"# {key} = {toml(guess.value)}  # to confirm: {guess.why}"
    else:
        to_fill_in = "  # to fill in" if path in NEEDED else ""
        yield f"# {key} = {toml(EXAMPLES.get(path, about.default))}{to_fill_in}"


def toml(value: object) -> str:
    """Return a text, a number or a list of texts as TOML, whose strings are those of JSON."""
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def schema_text() -> str:
    """Return the schema as JSON."""
    return files(__package__).joinpath(SCHEMA_FILE).read_text("utf-8")
