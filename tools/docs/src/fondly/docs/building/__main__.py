"""Writes `out/pages` and `out/mkdocs.yml`, which `mkdocs build` reads, and what of both lies beside pages."""

import shutil
import sys
from pathlib import Path

from pydantic import BaseModel

from fondly.docs.building.galleries import copy_galleries
from fondly.docs.building.pages import copy_documents, nav

ROOT = Path.cwd()
OUT = ROOT / "out"
SCRIPT = ROOT / "lab/checks/node_modules/@mermaid-js/tiny/dist/mermaid.tiny.js"
ASSETS = (Path(__file__).with_name("site.css"), Path(__file__).with_name("site.js"))


def main(source: str = "") -> None:
    """Write everything anew; `source` is the address of the repository's files, if it has one.

    What is written below fields becomes their description, for which services have no time when they start.
    """
    BaseModel.model_config["use_attribute_docstrings"] = True
    from fondly.docs.building.reference import PAGES  # noqa: PLC0415 - models are made when they are imported

    pages = OUT / "pages"
    shutil.rmtree(pages, ignore_errors=True)
    copy_documents(ROOT, pages, source)
    (pages / "reference").mkdir()
    for name, page in PAGES.items():
        (pages / "reference" / name).write_text(page(), "utf-8")
    copy_galleries(OUT / "gallery", pages / "gallery")
    (pages / "assets").mkdir()
    for asset in (SCRIPT, *ASSETS):
        shutil.copy(asset, pages / "assets")
    (OUT / "mkdocs.yml").write_text(nav((ROOT / "mkdocs.yml").read_text("utf-8"), pages), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
