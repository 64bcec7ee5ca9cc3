"""The console's templates, filled: everything is escaped, and an unknown name is an error.

No server is needed to fill them, so that the gallery shows what it shares with the console by them too.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2.runtime import Macro

from fondly.contracts.object_keys import UPLOADS
from fondly.operations import formatting
from fondly.operations.delivery.plan import moment


def when(at: datetime) -> str:
    """Return a moment as `27 Nov 2026, 08:00 UTC`."""
    return f"{at.astimezone(UTC):%d %b %Y, %H:%M} UTC"


def words(name: str) -> str:
    """Return a name of the program's as people read it: `better_rated` as `better rated`."""
    return name.replace("_", " ").replace(":", ": ")


def source_name(source: str) -> str:
    """Return an upload without its bucket and folder: `2026-11/shop.csv`; a set has several files."""
    return " ".join(each.partition(UPLOADS)[2] or each for each in source.split())


def pretty(text: str) -> str:
    """Return JSON indented, and anything else as it is."""
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


FILTERS: tuple[Callable[..., str | float], ...] = (
    *(formatting.age, formatting.count, formatting.counted, formatting.seconds, formatting.share),
    *(formatting.since, formatting.usd, moment, pretty, when, words),
)


def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader("fondly.console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {each.__name__: each for each in FILTERS}
    made.filters |= {
        "without": lambda fields, name: {each: fields[each] for each in fields if each != name},
        "source": source_name,
        "person": formatting.caller,
        "json": lambda value: json.dumps(value, indent=2, ensure_ascii=False, default=str),
    }
    made.tests["permitted"] = lambda person, role: person.may(role)
    return made


TEMPLATES = _templates()


def fragment(template: str, **context: Any) -> str:  # noqa: ANN401 - the template's own
    """Return a rendered template."""
    return TEMPLATES.get_template(template, globals=_common()).render(**context)


@cache
def _common() -> dict[str, Macro]:
    """The macros of tables, tabs and figures, which each page knows as it knows filters."""
    made = vars(TEMPLATES.get_template("runs/macros.html").module)
    return {name: macro for name, macro in made.items() if isinstance(macro, Macro)}
