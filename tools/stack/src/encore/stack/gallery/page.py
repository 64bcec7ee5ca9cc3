"""The gallery's page: the list of all emails, and a reader for one."""

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from importlib import resources
from itertools import islice
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from encore.contracts.records import Sentiment
from encore.stack.formatting import count, seconds, usd
from encore.stack.gallery.model import GalleryCategory, GalleryEmail
from encore.stack.gallery.packed import EMAILS_PER_FILE, remove_packed, write_bodies, write_categories
from encore.stack.gallery.said import said

_COUNTS = {
    "emails": "emails",
    "customers": "customers",
    "products": "products",
    "reviews": "reviews",
    "emails_template_copy": "template copy",
    "rejected_rows": "rejected rows",
}
_FOLDER = "gallery"
_SCRIPTS = ("list.js", "reviews.js", "reader.js", "categories.js", "contents.js", "controls.js")
"""One script on the page, so that its policy names one hash."""


def write_gallery(
    out_dir: Path,
    summary: Mapping[str, Any],
    emails: Iterable[GalleryEmail],
    categories: Sequence[GalleryCategory] = (),
) -> Path:
    """Write `index.html` and the folder `gallery` beside it, and return the page's path.

    The page works from disk, in any current browser. It links to `emails/<customer_id>.eml`, which
    the caller writes. `emails` is read once and may be lazy: at most one file's worth is in memory.
    """
    folder = out_dir / _FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    remove_packed(folder)
    index = _Index()
    for number, batch in enumerate(_batches(emails)):
        write_bodies(folder, number, batch)
        index.add(batch)
    page = out_dir / "index.html"
    if categories:
        write_categories(folder, categories)
    page.write_text(
        _render(summary, index, has_categories=bool(categories)), encoding="utf-8", errors="backslashreplace"
    )
    return page


class _Index:
    """The list's data: a row per email, with each product's name and each reason stored once."""

    def __init__(self) -> None:
        self._products: dict[str, int] = {}
        self._reasons: dict[str, int] = {}
        self._emails: list[list[object]] = []

    def add(self, batch: Iterable[GalleryEmail]) -> None:
        for email in batch:
            products = _numbers(email.products, self._products)
            reasons = _numbers(email.reasons, self._reasons)
            lines = [email.customer_id, email.name, email.subject, email.preheader]
            self._emails.append([*lines, products, reasons, int(email.template_copy), _labels(email)])

    def data(self) -> dict[str, object]:
        return {
            "products": list(self._products),
            "reasons": list(self._reasons),
            "labels": [label.lower() for label in Sentiment],
            "emails": self._emails,
            "emailsPerFile": EMAILS_PER_FILE,
            "folder": _FOLDER,
        }


def _numbers(texts: Iterable[str], known: dict[str, int]) -> list[int]:
    """Return each text's number in `known`, to which new texts are added."""
    return [known.setdefault(text, len(known)) for text in texts]


def _labels(email: GalleryEmail) -> int:
    """The labels of a customer's reviews as bits, the first label being the lowest."""
    given = {review.label for review in email.reviews}
    return sum(1 << bit for bit, label in enumerate(Sentiment) if label in given)


def _batches(emails: Iterable[GalleryEmail]) -> Iterator[list[GalleryEmail]]:
    source = iter(emails)
    while batch := list(islice(source, EMAILS_PER_FILE)):
        yield batch


def _render(summary: Mapping[str, Any], index: _Index, *, has_categories: bool) -> str:
    script = "\n".join(_asset(name) for name in _SCRIPTS)
    digest = b64encode(sha256(script.encode("utf-8")).digest()).decode("ascii")
    environment = Environment(
        loader=PackageLoader(__package__, ""),
        autoescape=select_autoescape(["j2"]),
        undefined=StrictUndefined,
    )
    return environment.get_template("index.html.j2").render(
        run_id=summary.get("run_id", ""),
        status=summary.get("status", ""),
        figures=list(_figures(summary)),
        said=said(summary),
        has_categories=has_categories,
        data=index.data(),
        style=_asset("gallery.css"),
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


def _asset(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
