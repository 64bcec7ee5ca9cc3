"""Which files a gallery has, and what is in each."""

import json
import zlib
from base64 import b64encode
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

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
PICTURES = "pictures"


def write_pictures(folder: Path, names: Iterable[str]) -> None:
    """Write the pictures that emails show as `data:` URLs: a sandboxed frame may load none from disk."""
    copies = {
        BASE_URL + name: f"data:image/png;base64,{b64encode((PICTURE_FILES / name).read_bytes()).decode()}"
        for name in sorted(picture_names().intersection(names))
    }
    if copies:
        write_script(folder / f"{PICTURES}.js", copies)


def remove_packed(folder: Path) -> None:
    """Remove the files of a former gallery."""
    patterns = ("bodies-*.js", "prompts-*.js", f"{LIST}.js", f"{PICTURES}.js")
    for stale in (path for pattern in patterns for path in folder.glob(pattern)):
        stale.unlink()


def packed_json(value: object) -> str:
    """Return a value as JSON in ASCII, as short as it can be."""
    return json.dumps(value, separators=(",", ":"))
