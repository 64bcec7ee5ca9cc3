"""The galleries of the example shops, which `make docs-gallery` has made."""

import json
import shutil
from pathlib import Path

FILE = '<a class="button" id="file">'


def copy_galleries(runs: Path, out: Path) -> None:
    """Copy the page and the data of every shop's run, and write a page that leads to them, if there are any.

    Messages are left out, being ten times as large, and so are links to them.
    """
    text = "# Galleries of three shops\n\nMade by [these files](../examples/README.md), on a laptop:\n\n"
    for page in sorted(runs.glob("*/index.html")):
        shop = page.parent.name
        shutil.copytree(page.parent / "gallery", out / shop / "gallery")
        shown = page.read_text("utf-8").replace(FILE, '<a id="file" hidden>')
        (out / shop / "index.html").write_text(shown, "utf-8")
        summary = json.loads((page.parent / "summary.json").read_text("utf-8"))
        text += f"- [{shop}]({shop}/index.html): {summary['emails']} emails\n"
    if out.exists():
        (out / "README.md").write_text(text, "utf-8")
