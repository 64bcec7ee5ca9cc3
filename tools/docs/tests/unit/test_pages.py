import subprocess
from pathlib import Path

import pytest

from fondly.docs.building.pages import copy_documents, nav

SOURCE = "https://code.example/fondly/blob/1"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with two pages and a program."""
    root = tmp_path / "checkout"
    for name, text in {
        "README.md": "[Shop](docs/shop.md#a) [code](a/b.py) [a](a) [site](https://a.example)\n",
        "docs/shop.md": "# A\n\n- x\n  - y\n\n```mermaid\ngraph\n```\n\n[picture](images/a.png)\n",
        "docs/images/a.png": "",
        "a/README.md": "# Program\n",
        "a/b.py": "",
        "a/src/prompt.md": "for a model",
        ".github/form.md": "for GitHub",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    subprocess.run(["git", "init", "-q", root], check=True)  # noqa: S603, S607
    return root


@pytest.mark.parametrize(("source", "code"), [(SOURCE, f"[code]({SOURCE}/a/b.py)"), ("", "code")])
def test_links_lead_to_pages_or_to_the_repository(
    checkout: Path, tmp_path: Path, source: str, code: str
) -> None:
    """Where nobody has said where that is, their words alone are left."""
    copy_documents(checkout, tmp_path / "pages", source)
    shown = (tmp_path / "pages/README.md").read_text("utf-8")
    assert shown == f"[Shop](docs/shop.md#a) {code} [a](a/README.md) [site](https://a.example)\n"


def test_pages_are_what_people_read(checkout: Path, tmp_path: Path) -> None:
    """With their pictures, nested lists as Python-Markdown reads them, and what draws their diagrams."""
    pages = tmp_path / "pages"
    copy_documents(checkout, pages, SOURCE)
    found = {str(path.relative_to(pages)) for path in pages.rglob("*") if path.is_file()}
    assert found == {"README.md", "a/README.md", "docs/shop.md", "docs/images/a.png"}
    shop = (pages / "docs/shop.md").read_text("utf-8")
    assert "- x\n    - y\n" in shop
    assert '<script src="../assets/mermaid.tiny.js"></script>' in shop


def test_a_page_stands_where_it_fits_best(checkout: Path) -> None:
    """By its name, else by the narrowest pattern; a track without pages is left out."""
    config = 'nav:\n  - All:\n      - "**/*.md"\n  - None:\n      - docs/none/*.md\n'
    assert nav(config + "  - Start:\n      - README.md\n      - docs/{no,shop}.md\n", checkout) == (
        "nav:\n  - All:\n      - .github/form.md\n      - a/README.md\n      - a/src/prompt.md\n"
        "  - Start:\n      - README.md\n      - docs/shop.md\n"
    )
