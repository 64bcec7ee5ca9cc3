"""Which files a gallery has, and what is in each."""

import json
import zlib
from base64 import b64encode
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import asdict, fields, is_dataclass
from functools import lru_cache
from pathlib import Path

from fondly.operations.emails.shown import ShownEmail, ShownPrompt
from fondly.stack.gallery.categories import GalleryCategory
from fondly.stack.pictures.addresses import BASE_URL, picture_names
from fondly.stack.pictures.addresses import FOLDER as PICTURE_FILES

LEVEL = 4
"""Of deflate: the files are a sixth larger than at 6, for a quarter less time."""
_BASE64_BYTES = 3


class ScriptFile:
    """A script that hands its name and contents, deflated JSON in Base64, to `receive`, once it is closed."""

    def __init__(self, path: Path) -> None:
        self._deflate = zlib.compressobj(LEVEL)
        self._pending = b""
        self._file = path.open("wb")
        self._file.write(f'receive("{path.stem}", "'.encode("ascii"))

    def close(self) -> None:
        """Write what is pending and close the file."""
        self._encode(self._deflate.flush(), last=True)
        self._file.write(b'");\n')
        self._file.close()

    def write(self, json_text: str) -> None:
        """Add some JSON, in ASCII; all pieces together are one value."""
        self._encode(self._deflate.compress(json_text.encode("ascii")), last=False)

    def _encode(self, packed: bytes, *, last: bool) -> None:
        self._pending += packed
        whole = len(self._pending) if last else len(self._pending) // _BASE64_BYTES * _BASE64_BYTES
        self._file.write(b64encode(self._pending[:whole]))
        self._pending = self._pending[whole:]


def write_script(path: Path, contents: object) -> None:
    """Write a file with these contents at once."""
    with closing(ScriptFile(path)) as file:
        file.write(json.dumps(contents))


FOLDER = "gallery"
EMAILS_PER_FILE = 50
PROMPTS_PER_FILE = 50
LIST = "list"
CATEGORIES = "categories"
PICTURES = "pictures"
RUNS = "runs.js"


def script_path(folder: Path, name: str) -> Path:
    """Return where the page looks for a file of its folder."""
    return folder / f"{name}.js"


def write_bodies(
    folder: Path, number: int, emails: Sequence[ShownEmail], numbered: Callable[[str], int]
) -> None:
    """Write emails as one file, prompts by number; HTML comes first, as deflate looks back 32 KB."""
    contents = {
        "html": [email.html for email in emails],
        "text": [email.text for email in emails],
        "source": [email.source for email in emails],
        "reviews": [_plain(email.reviews) for email in emails],
        "picks": [_plain(email.picks) for email in emails],
        "known": [_known(email, numbered) for email in emails],
    }
    write_script(script_path(folder, f"bodies-{number}"), contents)


def write_prompts(folder: Path, number: int, prompts: Sequence[ShownPrompt]) -> None:
    """Write up to `PROMPTS_PER_FILE` prompts as one file; the list says later which were paid for."""
    members = [asdict(prompt) for prompt in prompts]
    for each in members:
        del each["paid"]
    write_script(script_path(folder, f"prompts-{number}"), members)


def write_categories(folder: Path, categories: Sequence[GalleryCategory]) -> None:
    """Write all categories with their products as one file, which is loaded only when somebody looks."""
    write_script(script_path(folder, CATEGORIES), [asdict(category) for category in categories])


def write_pictures(folder: Path, names: Iterable[str]) -> None:
    """Write the pictures that emails show as `data:` URLs: a sandboxed frame may load none from disk."""
    copies = {
        BASE_URL + name: f"data:image/png;base64,{b64encode((PICTURE_FILES / name).read_bytes()).decode()}"
        for name in sorted(picture_names().intersection(names))
    }
    if copies:
        write_script(script_path(folder, PICTURES), copies)


def remove_packed(folder: Path) -> None:
    """Remove the files of a former gallery."""
    patterns = ("bodies-*.js", "prompts-*.js", f"{LIST}.js", f"{CATEGORIES}.js", f"{PICTURES}.js")
    for stale in (path for pattern in patterns for path in folder.glob(pattern)):
        stale.unlink()


def packed_json(value: object) -> str:
    """Return a value as JSON in ASCII, as short as it can be."""
    return json.dumps(value, separators=(",", ":"))


def _known(email: ShownEmail, numbered: Callable[[str], int]) -> dict[str, object]:
    """What is known of the customer and of how the email came about, without what is empty."""
    members = ("file", "chosen_by", "owned", "praised", "blamed", "delivery")
    known = {name: _plain(value) for name in members if (value := getattr(email, name))}
    return known | ({"prompts": [numbered(key) for key in email.prompt_keys]} if email.prompt_keys else {})


def _plain(value: object) -> object:
    """Turn records into dictionaries without their empty members, quicker than `asdict` does."""
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if is_dataclass(value) and not isinstance(value, type):
        names = _names(type(value))
        return {name: _plain(member) for name in names if (member := getattr(value, name))}
    return value


@lru_cache
def _names(record: type) -> tuple[str, ...]:
    return tuple(each.name for each in fields(record))


def write_runs(out: Path) -> None:
    """Write `runs.js`, which names the galleries in `out`, newest first, for whoever wants to compare."""
    lists = sorted(out.glob(f"*/{FOLDER}/{LIST}.js"), key=_written, reverse=True)
    write_script(out / RUNS, [_described(path) for path in lists])


def _described(path: Path) -> dict[str, object]:
    """The folder of a gallery's list, when it was written (Unix seconds), and the number of its emails."""
    folder = path.parents[1]
    summary = folder / "summary.json"
    known = json.loads(summary.read_text(encoding="utf-8")) if summary.exists() else {}
    return {"folder": folder.name, "written": int(_written(path)), "emails": known.get("emails")}


def _written(path: Path) -> float:
    return path.stat().st_mtime
