"""The runs of one output folder, so that the gallery of one can be compared with that of another."""

import json
from pathlib import Path

from fondly.stack.gallery.packed import FOLDER, LIST
from fondly.stack.gallery.script_file import write_script

RUNS = "runs.js"


def write_runs(out: Path) -> None:
    """Write `runs.js`, which names every folder in `out` that has a gallery, the newest first.

    A gallery loads it from the folder above its own when somebody wants to compare.
    """
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
