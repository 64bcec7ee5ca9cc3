"""Contents in script files: a page opened from disk may load scripts, but not `fetch`."""

import json
import zlib
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from encore.stack.gallery.model import GalleryCategory, GalleryEmail

EMAILS_PER_FILE = 50
CATEGORIES = "categories"


def write_bodies(folder: Path, number: int, emails: Sequence[GalleryEmail]) -> None:
    """Write the contents of up to `EMAILS_PER_FILE` emails, and their customers' reviews, as one file.

    All HTML parts come first, then texts, sources and reviews, because deflate finds repetitions only within
    32 KB.
    """
    contents = {
        "html": [email.html for email in emails],
        "text": [email.text for email in emails],
        "source": [email.source for email in emails],
        "reviews": [[_present(asdict(review)) for review in email.reviews] for email in emails],
    }
    _write(folder, f"bodies-{number}", contents)


def write_categories(folder: Path, categories: Sequence[GalleryCategory]) -> None:
    """Write all categories with their products as one file, which is loaded only when somebody looks."""
    _write(folder, CATEGORIES, [asdict(category) for category in categories])


def remove_packed(folder: Path) -> None:
    """Remove the files of a former gallery."""
    for stale in (*folder.glob("bodies-*.js"), *folder.glob(f"{CATEGORIES}.js")):
        stale.unlink()


def _present(value: object) -> object:
    """Leave out of records what is empty."""
    if isinstance(value, dict):
        return {name: _present(member) for name, member in value.items() if member}
    return [_present(each) for each in value] if isinstance(value, list | tuple) else value


def _write(folder: Path, name: str, contents: object) -> None:
    """Deflated JSON in Base64: emails of one design shrink to a few per cent, and none can end the script."""
    packed = b64encode(zlib.compress(json.dumps(contents).encode("ascii")))
    script = f'receive("{name}", "{packed.decode("ascii")}");\n'
    folder.joinpath(f"{name}.js").write_text(script, encoding="ascii")
