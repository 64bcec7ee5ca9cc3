"""What a stack keeps in a folder from one start to the next: its ports, its key, and where its stores are."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from fondly.stack.processes import free_port

PORTS, KEY = "ports", "key"


@dataclass(frozen=True)
class Kept:
    """The same as before, so that links in emails of earlier runs still lead somewhere."""

    ports: Sequence[int]
    key: str
    """Signs the links to unsubscribe."""


def kept_in(folder: Path | None, *, ports: int) -> Kept:
    """Return so many ports, and a key: the folder's, as far as they are free; without one new ones."""
    file = folder / "addresses.json" if folder else None
    known = json.loads(file.read_text()) if file and file.exists() else {}
    before = [*known.get(PORTS, []), *[0] * ports][:ports]
    kept = Kept([free_port(each) for each in before], known.get(KEY) or token_hex())
    if file:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(json.dumps({PORTS: kept.ports, KEY: kept.key}))
    return kept
