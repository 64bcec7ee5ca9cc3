"""The gallery's page, and what it shows beside an email, by the console's own templates."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, PackageLoader

from fondly.console.templating import TEMPLATES as SHARED
from fondly.operations.emails.shown import VIEWS, ShownEmail, ShownPrompt
from fondly.operations.formatting import seconds, usd
from fondly.operations.runs.facts import RunFacts, in_words
from fondly.operations.runs.sentiment_figures import sentiment_of

CONSOLE, GALLERY = files("fondly.console") / "static", files(__package__)
TEMPLATES = SHARED.overlay(
    loader=ChoiceLoader([PackageLoader("fondly.console"), PackageLoader(__package__, "")]),
    auto_reload=False,  # it would look at each file for each email
)


def beside(email: ShownEmail, refused_fields: Sequence[str], prompts: Mapping[str, object]) -> str:
    """Return what is known of an email as HTML, without the `prompts` of its keys themselves."""
    known = {"email": email, "refused_fields": refused_fields, "prompts": prompts}
    return TEMPLATES.get_template("beside.html").render(known)


def answered(prompt: ShownPrompt) -> str:
    """Return a prompt with its answers and refusals as HTML."""
    return str(TEMPLATES.get_template("emails/macros.html").module.answered(prompt))  # type: ignore[attr-defined] # a macro


def write_page(out_dir: Path, summary: Mapping[str, Any], *, is_empty: bool) -> Path:
    """Write `index.html`, which shows what is in the folder `gallery` beside it, and return its path."""
    page, facts = out_dir / "index.html", RunFacts.of_summary(summary)
    told = in_words(facts)
    text = TEMPLATES.get_template("gallery.html").render(
        run_id=summary.get("run_id", ""),
        status=facts.status,
        reason=facts.reason,
        told=told,
        in_short=[*told.in_short, *_figures(summary)],
        counts=facts.counts,
        costs=summary.get("cost_usd"),
        sentiment=sentiment_of(summary),
        is_empty=is_empty,
        views=VIEWS,
        **_assets(),
    )
    page.write_text(text, encoding="utf-8", errors="backslashreplace")
    return page


def _figures(summary: Mapping[str, Any]) -> list[str]:
    took = [f"{seconds(summary['total_seconds'])} in all"] if "total_seconds" in summary else []
    cost = summary.get("cost_usd", {}).get("total")
    return took if cost is None else [*took, f"{usd(cost)} at list prices"]


def _assets() -> dict[str, str]:
    """The page's style, and its one script with the hash that its policy names."""
    style, script = (
        "\n".join((folder / name).read_text("utf-8") for folder, name in named)
        for named in (
            ((CONSOLE, "console.css"), (GALLERY, "gallery.css")),
            ((CONSOLE, "keys.js"), (GALLERY, "gallery.js")),
        )
    )
    digest = b64encode(sha256(script.encode("utf-8")).digest()).decode("ascii")
    return {"style": style, "script": script, "script_hash": f"sha256-{digest}"}
