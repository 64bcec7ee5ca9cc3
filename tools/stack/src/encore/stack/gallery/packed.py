"""Contents in script files: a page opened from disk may load scripts, but not `fetch`."""

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from encore.stack.gallery.model import GalleryCategory, GalleryEmail, GalleryPrompt
from encore.stack.pictures.addresses import BASE_URL
from encore.stack.pictures.drawing import picture, picture_names

FOLDER = "gallery"
EMAILS_PER_FILE = 50
PROMPTS_PER_FILE = 50
LIST = "list"
CATEGORIES = "categories"
PICTURES = "pictures"


def write_list(folder: Path, data: object) -> None:
    """Write what the page loads first; another run's page reads it for a comparison."""
    _write(folder, LIST, data)


def write_bodies(folder: Path, number: int, emails: Sequence[GalleryEmail]) -> None:
    """Write the contents of up to `EMAILS_PER_FILE` emails, and their customers' reviews, as one file.

    All HTML parts come first, then texts, sources and the rest, because deflate finds repetitions only within
    32 KB.
    """
    contents = {
        "html": [email.html for email in emails],
        "text": [email.text for email in emails],
        "source": [email.source for email in emails],
        "reviews": [[_present(asdict(review)) for review in email.reviews] for email in emails],
        "picks": [[_present(asdict(pick)) for pick in email.picks] for email in emails],
        "known": [_present(_known(email)) for email in emails],
    }
    _write(folder, f"bodies-{number}", contents)


def write_prompts(folder: Path, prompts: Sequence[GalleryPrompt]) -> None:
    """Write prompts with answers and verdicts, `PROMPTS_PER_FILE` to a file: many emails share one."""
    for number, start in enumerate(range(0, len(prompts), PROMPTS_PER_FILE)):
        part = prompts[start : start + PROMPTS_PER_FILE]
        _write(folder, f"prompts-{number}", [asdict(prompt) for prompt in part])


def write_categories(folder: Path, categories: Sequence[GalleryCategory]) -> None:
    """Write all categories with their products as one file, which is loaded only when somebody looks."""
    _write(folder, CATEGORIES, [asdict(category) for category in categories])


def write_pictures(folder: Path, names: Iterable[str]) -> None:
    """Write those of the sample's pictures that emails show as one file of `data:` URLs by address.

    A sandboxed frame of a page opened from disk may load no picture from disk.
    """
    copies = {
        BASE_URL + name: f"data:image/png;base64,{b64encode(picture(name)).decode('ascii')}"
        for name in sorted(set(names).intersection(picture_names()))
    }
    if copies:
        _write(folder, PICTURES, copies)


def write_script(path: Path, contents: object) -> None:
    """Write a file that calls `receive` with its own name and its contents.

    The contents are deflated JSON in Base64: emails of one design shrink to a few per cent, and none can end
    the script.
    """
    packed = b64encode(zlib.compress(json.dumps(contents).encode("ascii")))
    path.write_text(f'receive("{path.stem}", "{packed.decode("ascii")}");\n', encoding="ascii")


def read_script(path: Path) -> Any:  # noqa: ANN401 - whatever the file has
    """Return the contents of a file of `write_script`; raise `ValueError` if it is none."""
    _, _, packed = path.read_text(encoding="ascii").rpartition(', "')
    return json.loads(zlib.decompress(b64decode(packed.partition('"')[0], validate=True)))


def remove_packed(folder: Path) -> None:
    """Remove the files of a former gallery."""
    patterns = ("bodies-*.js", "prompts-*.js", f"{LIST}.js", f"{CATEGORIES}.js", f"{PICTURES}.js")
    for stale in (path for pattern in patterns for path in folder.glob(pattern)):
        stale.unlink()


def _known(email: GalleryEmail) -> dict[str, object]:
    """What is known of the customer and of how the email came about."""
    return {
        "chosen_by": email.chosen_by,
        "problems": email.problems,
        "owned": [asdict(each) for each in email.owned],
        "praised": [asdict(each) for each in email.praised],
        "blamed": [asdict(each) for each in email.blamed],
    }


def _present(value: object) -> object:
    """Leave out of records what is empty."""
    if isinstance(value, dict):
        return {name: _present(member) for name, member in value.items() if member}
    return [_present(each) for each in value] if isinstance(value, list | tuple) else value


def _write(folder: Path, name: str, contents: object) -> None:
    write_script(folder / f"{name}.js", contents)
