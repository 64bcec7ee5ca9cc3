"""The prompts of a run: written as they come, each once, and counted."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from encore.stack.gallery.model import GalleryPrompt
from encore.stack.gallery.packed import PROMPTS_PER_FILE, write_prompts

REFUSALS = 60
"""So many of the most frequent refusals are listed."""
NO_PROMPT = -1
_TOKENS = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens")


class PromptFiles:
    """Writes prompts in files of `PROMPTS_PER_FILE`; of each only its number and refused fields are kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers: dict[str, int] = {}
        self._refused: dict[str, tuple[str, ...]] = {}
        self._waiting: list[GalleryPrompt] = []
        self._files = 0
        self._usage = Counter(dict.fromkeys(("distinct", "paid", *_TOKENS), 0))
        self._refusals: Counter[tuple[str, str, str]] = Counter()

    def unknown(self, prompt_keys: Iterable[str]) -> list[str]:
        """Return those of the keys under which no prompt was added, each once."""
        return [key for key in dict.fromkeys(prompt_keys) if key and key not in self._numbers]

    def add(self, prompt: GalleryPrompt) -> None:
        """Add a prompt, unless its key is known."""
        if prompt.prompt_key in self._numbers:
            return
        self._numbers[prompt.prompt_key] = len(self._numbers)
        if refused := prompt.refused_fields:
            self._refused[prompt.prompt_key] = refused
        self._count(prompt)
        self._waiting.append(prompt)
        if len(self._waiting) == PROMPTS_PER_FILE:
            self._write()

    def finish(self) -> None:
        """Write the prompts that do not fill a file."""
        if self._waiting:
            self._write()

    def number(self, prompt_key: str) -> int:
        """Return a prompt's place among all, from 0; `NO_PROMPT` if it was not added."""
        return self._numbers.get(prompt_key, NO_PROMPT)

    def refused_fields(self, prompt_key: str) -> tuple[str, ...]:
        """Return the fields of which the prompt had a wording refused."""
        return self._refused.get(prompt_key, ())

    def usage(self) -> dict[str, int]:
        """Return how many prompts there are, how many were paid for, and the tokens of those."""
        return dict(self._usage)

    def refusals(self) -> list[tuple[str, str, str, int]]:
        """Return the most frequent refusals: kind of field, rule, refused words, number of wordings."""
        ordered = sorted(self._refusals.items(), key=lambda item: (-item[1], item[0]))
        return [(*refusal, number) for refusal, number in ordered[:REFUSALS]]

    def _count(self, prompt: GalleryPrompt) -> None:
        self._usage["distinct"] += 1
        if prompt.paid:
            self._usage["paid"] += 1
            self._usage.update({name: getattr(prompt, name) for name in _TOKENS})
        self._refusals.update(
            (each.field.partition(".")[0], each.rule, each.found) for each in prompt.verdicts
        )

    def _write(self) -> None:
        write_prompts(self._folder, self._files, self._waiting)
        self._files += 1
        self._waiting = []
