"""Writes a gallery while its emails come, with never more than some dozens of them in memory."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Self

from fondly.operations.emails.shown import ShownEmail, ShownPrompt
from fondly.stack.gallery.index import Index
from fondly.stack.gallery.packed import EMAILS_PER_FILE, FOLDER, remove_packed, write_pictures, write_script
from fondly.stack.gallery.page import beside, write_page
from fondly.stack.gallery.prompt_files import PromptFiles
from fondly.stack.pictures.addresses import names_in

MEMBERS = ("html", "text", "beside", "file")
"""Of an email's contents: like stands beside like, as deflate looks back only 32 KB."""


class GalleryWriter:
    """Writes the page, which works from disk, and its folder; an email's prompts are added before it."""

    def __init__(self, out_dir: Path) -> None:
        self._out = out_dir
        self._folder = out_dir / FOLDER
        self._folder.mkdir(parents=True, exist_ok=True)
        remove_packed(self._folder)
        self._prompts = PromptFiles(self._folder)
        self._index = Index(self._folder)
        self._waiting: list[tuple[str, ...]] = []
        self._files = 0
        self._pictures: set[str] = set()

    def __enter__(self) -> Self:
        """Return itself, open for emails."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the list, whether `finish` was called or not."""
        self._index.close()

    def unknown_prompts(self, prompt_keys: Iterable[str]) -> list[str]:
        """Return those of the keys under which no prompt was added, each once."""
        return self._prompts.unknown(prompt_keys)

    def add_prompt(self, prompt: ShownPrompt) -> None:
        """Add a prompt, unless its key is known."""
        self._prompts.add(prompt)

    def add(self, email: ShownEmail) -> None:
        """Add an email; the list shows them in this order."""
        fields = self._prompts.refused_fields(email)
        self._index.add(email, fields)
        self._pictures.update(names_in(email.html))
        known = beside(email, fields, self._prompts.asked)
        self._waiting.append((email.html, email.text, known, email.file))
        if len(self._waiting) == EMAILS_PER_FILE:
            self._write_bodies()

    def finish(self, summary: Mapping[str, Any]) -> Path:
        """Write what is left and the page, and return the page's path."""
        if self._waiting:
            self._write_bodies()
        self._prompts.finish()
        emails = self._index.finish()
        write_pictures(self._folder, self._pictures)
        return write_page(self._out, summary, is_empty=not emails)

    def _write_bodies(self) -> None:
        contents = dict(zip(MEMBERS, zip(*self._waiting, strict=True), strict=True))
        write_script(self._folder / f"bodies-{self._files}.js", contents)
        self._files += 1
        self._waiting = []
