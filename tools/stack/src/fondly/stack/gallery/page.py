"""The gallery's page: the list of all emails, and a reader for one."""

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape

from fondly.contracts.records import AspectCount
from fondly.operations.formatting import count, seconds, share, usd
from fondly.operations.runs.facts import RunFacts
from fondly.operations.runs.in_words import in_words
from fondly.operations.runs.sentiment_figures import label_mix, languages, sentiment_of
from fondly.stack.gallery.categories import GalleryAspect

ASPECTS = 5
_COUNTS = {
    "emails": "emails",
    "customers": "customers",
    "products": "products",
    "reviews": "reviews",
    "emails_mixed_copy": "mixed copy",
    "emails_template_copy": "template copy",
    "rejected_rows": "rejected rows",
}
_SCRIPTS = (
    "contents.js",
    "data.js",
    "filters.js",
    "list.js",
    "frame.js",
    "reader.js",
    "beside.js",
    "reviews.js",
    "picks.js",
    "copy.js",
    "downloads.js",
    "categories.js",
    "charts.js",
    "figures.js",
    "compare.js",
    "changes.js",
    "pages.js",
    "controls.js",
)
"""One script on the page, so that its policy names one hash."""
_STYLES = ("gallery.css", "reader.css", "pages.css", "narrow.css")


@dataclass(frozen=True, slots=True)
class Said:
    """The label mix as (label, share, texts, per cent), what is not scored, and which aspects stand out."""

    labels: list[tuple[str, str, str, float]]
    unscored: str
    texts: str
    languages: list[str]
    praised: list[GalleryAspect]
    blamed: list[GalleryAspect]


def said(summary: Mapping[str, Any]) -> Said | None:
    """Return what `summary.json` says of sentiment; None if it says nothing."""
    found = sentiment_of(summary)
    if found is None:
        return None
    return Said(
        labels=[
            (each.label.lower(), share(each.share), count(each.texts), round(each.share * 100, 2))
            for each in label_mix(found)
        ],
        unscored=share(found.unscored_share),
        texts=count(found.texts),
        languages=[f"{code} {count(texts)}" for code, texts in languages(found)],
        praised=[_aspect(each, "praised", each.praised) for each in found.praised[:ASPECTS]],
        blamed=[_aspect(each, "blamed", each.blamed) for each in found.blamed[:ASPECTS]],
    )


def _aspect(counts: AspectCount, verdict: str, number: int) -> GalleryAspect:
    return GalleryAspect(counts.aspect, verdict, f"{count(number)} of {count(counts.mentions)}")


def write_page(out_dir: Path, summary: Mapping[str, Any], *, has_categories: bool) -> Path:
    """Write `index.html`, which shows what is in the folder `gallery` beside it, and return its path."""
    page = out_dir / "index.html"
    text = _render(summary, has_categories=has_categories)
    page.write_text(text, encoding="utf-8", errors="backslashreplace")
    return page


def _render(summary: Mapping[str, Any], *, has_categories: bool) -> str:
    script = _assets(_SCRIPTS)
    digest = b64encode(sha256(script.encode("utf-8")).digest()).decode("ascii")
    return _template().render(
        run_id=summary.get("run_id", ""),
        status=summary.get("status", ""),
        reason=summary.get("reason") or "",
        figures=list(_figures(summary)),
        known=in_words(RunFacts.of_summary(summary)),
        said=said(summary),
        has_categories=has_categories,
        style=_assets(_STYLES),
        script=script,
        script_hash=f"sha256-{digest}",
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader(__package__, ""),
        autoescape=select_autoescape(["j2"]),
        undefined=StrictUndefined,
    )
    return environment.get_template("index.html.j2")


def _figures(summary: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield value and label of each figure the summary has."""
    for key, label in _COUNTS.items():
        if key in summary:
            yield count(summary[key]), label
    if "total_seconds" in summary:
        yield seconds(summary["total_seconds"]), "from upload to last email"
    if "total" in summary.get("cost_usd", {}):
        yield usd(summary["cost_usd"]["total"]), "at AWS list prices"


def _assets(names: Iterable[str]) -> str:
    folder = resources.files(__package__)
    return "\n".join(folder.joinpath(name).read_text(encoding="utf-8") for name in names)
