"""The runs of one output folder, so that the gallery of one can be compared with that of another."""

import json
from pathlib import Path

from encore.stack.gallery.packed import FOLDER, LIST, write_script

RUNS = "runs.js"


def write_runs(out: Path) -> None:
    """Write `runs.js`, which names every folder in `out` that has a gallery, the newest first.

    A gallery loads it from the folder above its own when somebody wants to compare.
    """
    galleries = [page.parent.parent for page in out.glob(f"*/{FOLDER}/{LIST}.js")]
    ordered = sorted(galleries, key=lambda folder: (folder / "index.html").stat().st_mtime, reverse=True)
    write_script(out / RUNS, [_described(folder) for folder in ordered])


def _described(folder: Path) -> dict[str, object]:
    """The folder's name, when its gallery was written (Unix seconds), and the number of its emails."""
    summary = folder / "summary.json"
    known = json.loads(summary.read_text(encoding="utf-8")) if summary.exists() else {}
    written = int((folder / "index.html").stat().st_mtime)
    return {"folder": folder.name, "written": written, "emails": known.get("emails")}
