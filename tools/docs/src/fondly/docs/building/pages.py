"""The project's own Markdown, in the layout that it has, with links that lead somewhere on a site too."""

import re
import shutil
import subprocess
from pathlib import Path

LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s#]+)(#[^)\s]*)?\)")
MERMAID = "assets/mermaid.tiny.js"
_PATTERN = re.compile(r"""^( +)- "?([\w./*-]+\.md)"?\n""", re.MULTILINE)
_BRACES = re.compile(r"^( +- [\w./-]*)\{([\w,-]+)\}(.*\n)", re.MULTILINE)
_EMPTY = re.compile(r"^( +)- [\w ]+:\n(?!\1 )", re.MULTILINE)


def documents(root: Path) -> list[Path]:
    """Return what people read in a checkout, relative to it: neither texts of programs nor GitHub's forms."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"]
    listed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)  # noqa: S603 - ours
    found = {Path(line) for line in listed.stdout.splitlines() if not re.search(r"^\.|/src/", line)}
    return sorted(each for each in found if (root / each).exists())


def copy_documents(root: Path, out: Path, source: str) -> None:
    """Copy all documents and what lies beside those of `docs`.

    `source` is the address of the repository's files, where links lead to that have no page here; without one
    their words alone are left.
    """
    shutil.copytree(root / "docs", out / "docs", ignore=shutil.ignore_patterns("*.md"))
    known = set(documents(root))
    for each in known:
        text = (root / each).read_text("utf-8")
        (out / each).parent.mkdir(parents=True, exist_ok=True)
        (out / each).write_text(
            _with_diagrams(_nested(_linked(text, root, each, known, source)), each), "utf-8"
        )


def nav(config: str, pages: Path) -> str:
    """Return a configuration whose patterns of pages are those that exist, each where it fits best: once."""
    config = _BRACES.sub(
        lambda line: "".join(f"{line[1]}{each}{line[3]}" for each in line[2].split(",")), config
    )
    patterns = [found[2] for found in _PATTERN.finditer(config)]
    fitting, placed = dict[str, list[str]](), set[str]()
    for pattern in sorted(patterns, key=lambda each: ("*" in each, each.startswith("*"))):
        found = sorted(path.relative_to(pages).as_posix() for path in pages.glob(pattern))
        fitting[pattern] = [page for page in found if page not in placed]
        placed.update(found)
    full = _PATTERN.sub(lambda line: "".join(f"{line[1]}- {page}\n" for page in fitting[line[2]]), config)
    return _EMPTY.sub("", full)


def _linked(text: str, root: Path, page: Path, known: set[Path], source: str) -> str:
    def link(found: re.Match[str]) -> str:
        words, target, anchor = found[1], found[2], found[3] or ""
        path = Path((root / page).parent / target).resolve()
        if re.match(r"[a-z]+:", target) or not path.is_relative_to(root):
            return found[0]
        place = path.relative_to(root)
        if place / "README.md" in known:
            return f"[{words}]({target.rstrip('/')}/README.md{anchor})"
        if place in known or place.is_relative_to("docs"):
            return found[0]
        return f"[{words}]({source}/{place.as_posix()}{anchor})" if source else words

    return LINK.sub(link, text)


def _nested(text: str) -> str:
    """Return a page whose nested blocks are indented by four spaces, as Python-Markdown expects."""
    parts = re.split(r"(^```.*?^```$)", text, flags=re.MULTILINE | re.DOTALL)
    for old, new in ((r"^   ", "    "), (r"^  (?! )", "    ")):
        parts[::2] = [re.sub(old, new, each, flags=re.MULTILINE) for each in parts[::2]]
    return "".join(parts)


def _with_diagrams(text: str, page: Path) -> str:
    """Return a page that loads what draws its diagrams, from the site itself."""
    script = f'\n<script src="{"../" * (len(page.parts) - 1)}{MERMAID}"></script>\n'
    return text + script if "```mermaid" in text else text
