"""Writes a gallery while its emails come, with never more than some dozens of them in memory."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from fondly.operations.emails.shown import ShownEmail, ShownPrompt
from fondly.stack.gallery.categories import GalleryCategory
from fondly.stack.gallery.index import Index
from fondly.stack.gallery.packed import (
    EMAILS_PER_FILE,
    FOLDER,
    remove_packed,
    write_bodies,
    write_categories,
    write_pictures,
)
from fondly.stack.gallery.page import write_page
from fondly.stack.gallery.prompt_files import PromptFiles
from fondly.stack.pictures.addresses import names_in


class GalleryWriter:
    """Writes the page, which works from disk, and its folder; an email's prompts are added before it."""

    def __init__(self, out_dir: Path) -> None:
        self._out = out_dir
        self._folder = out_dir / FOLDER
        self._folder.mkdir(parents=True, exist_ok=True)
        remove_packed(self._folder)
        self._prompts = PromptFiles(self._folder)
        self._index = Index(self._folder)
        self._waiting: list[ShownEmail] = []
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
        """Add a prompt; of one whose key is known counts only that it was paid for, if nobody had."""
        self._prompts.add(prompt)

    def add(self, email: ShownEmail) -> None:
        """Add an email; the list shows them in this order."""
        self._prompts.use(email.prompt_keys)
        self._index.add(email, self._prompts)
        self._pictures.update(names_in(email.html))
        self._waiting.append(email)
        if len(self._waiting) == EMAILS_PER_FILE:
            self._write_bodies()

    def finish(self, summary: Mapping[str, Any], categories: Sequence[GalleryCategory] = ()) -> Path:
        """Write what is left and the page, and return the page's path."""
        if self._waiting:
            self._write_bodies()
        self._prompts.finish()
        self._index.finish(summary, self._prompts)
        write_pictures(self._folder, self._pictures)
        if categories:
            write_categories(self._folder, categories)
        return write_page(self._out, summary, has_categories=bool(categories))

    def _write_bodies(self) -> None:
        write_bodies(self._folder, self._files, self._waiting, self._prompts.number)
        self._files += 1
        self._waiting = []
