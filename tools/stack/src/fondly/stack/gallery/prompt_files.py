"""The prompts of a run: written as they come, each once."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from fondly.operations.emails.shown import ShownEmail, ShownPrompt
from fondly.stack.gallery.packed import PROMPTS_PER_FILE, write_script
from fondly.stack.gallery.page import answered


class Asked(NamedTuple):
    """A prompt that was written: its place among all, from 0, and what emails say of it."""

    number: int
    about: str
    refused_fields: tuple[str, ...]


class PromptFiles:
    """Writes prompts in files of `PROMPTS_PER_FILE`; only a line of each stays in memory."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.asked: dict[str, Asked] = {}
        """All prompts so far by key."""
        self._waiting: list[str] = []

    def unknown(self, prompt_keys: Iterable[str]) -> list[str]:
        """Return those of the keys under which no prompt was added, each once."""
        return [key for key in dict.fromkeys(prompt_keys) if key not in self.asked]

    def add(self, prompt: ShownPrompt) -> None:
        """Add a prompt, unless its key is known: parts share prompts."""
        if prompt.prompt_key in self.asked:
            return
        self.asked[prompt.prompt_key] = Asked(len(self.asked), prompt.about, prompt.refused_fields)
        self._waiting.append(answered(prompt))
        if len(self._waiting) == PROMPTS_PER_FILE:
            self.finish()

    def finish(self) -> None:
        """Write the prompts that wait for their file."""
        if self._waiting:
            number = (len(self.asked) - 1) // PROMPTS_PER_FILE
            write_script(self._folder / f"prompts-{number}.js", self._waiting)
            self._waiting = []

    def refused_fields(self, email: ShownEmail) -> list[str]:
        """Return the kinds of fields of which a wording was refused when an email's prompts were answered."""
        found = (self.asked[key].refused_fields for key in email.prompt_keys if key in self.asked)
        return sorted({field for fields in found for field in fields})
