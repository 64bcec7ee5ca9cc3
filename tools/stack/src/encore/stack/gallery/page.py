"""The gallery's page: the list of all emails, and a reader for one."""

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from encore.runtime.batches import batches
from encore.stack.formatting import count, seconds, usd
from encore.stack.gallery.index import Index
from encore.stack.gallery.model import GalleryCategory, GalleryEmail, GalleryPrompt
from encore.stack.gallery.packed import (
    EMAILS_PER_FILE,
    FOLDER,
    remove_packed,
    write_bodies,
    write_categories,
    write_list,
    write_pictures,
    write_prompts,
)
from encore.stack.gallery.said import said
from encore.stack.pictures.addresses import names_in

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


def write_gallery(
    out_dir: Path,
    summary: Mapping[str, Any],
    emails: Iterable[GalleryEmail],
    categories: Sequence[GalleryCategory] = (),
    prompts: Sequence[GalleryPrompt] = (),
) -> Path:
    """Write `index.html` and the folder `gallery` beside it, and return the page's path.

    The page works from disk, in any current browser. `emails` is read once and may be lazy: at most one
    file's worth is in memory. An email whose prompt is not among `prompts` is shown without it.
    """
    folder = out_dir / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    remove_packed(folder)
    index = Index({prompt.prompt_key: prompt for prompt in prompts})
    pictures: set[str] = set()
    for number, batch in enumerate(batches(emails, EMAILS_PER_FILE)):
        write_bodies(folder, number, batch)
        index.add(batch)
        pictures.update(name for email in batch for name in names_in(email.html))
    write_pictures(folder, pictures)
    write_prompts(folder, prompts)
    write_list(folder, index.data(summary))
    if categories:
        write_categories(folder, categories)
    page = out_dir / "index.html"
    page.write_text(
        _render(summary, has_categories=bool(categories)), encoding="utf-8", errors="backslashreplace"
    )
    return page


def _render(summary: Mapping[str, Any], *, has_categories: bool) -> str:
    script = _assets(_SCRIPTS)
    digest = b64encode(sha256(script.encode("utf-8")).digest()).decode("ascii")
    environment = Environment(
        loader=PackageLoader(__package__, ""),
        autoescape=select_autoescape(["j2"]),
        undefined=StrictUndefined,
    )
    return environment.get_template("index.html.j2").render(
        run_id=summary.get("run_id", ""),
        status=summary.get("status", ""),
        reason=summary.get("reason") or "",
        figures=list(_figures(summary)),
        said=said(summary),
        has_categories=has_categories,
        style=_assets(_STYLES),
        script=script,
        script_hash=f"sha256-{digest}",
    )


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
