"""The prompts of a run: written as they come, each once, and counted."""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from fondly.operations.emails.shown import ShownEmail, ShownPrompt
from fondly.stack.gallery.packed import PROMPTS_PER_FILE, write_prompts

REFUSALS = 60
"""So many of the most frequent refusals are listed."""
NO_PROMPT = -1
_TOKENS = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens")
_HEADLINES = frozenset({"subject", "preheader"})


class PromptFiles:
    """Writes prompts in files of `PROMPTS_PER_FILE`; only what the list says of each stays in memory."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers: dict[str, int] = {}
        self._refused: dict[str, tuple[str, ...]] = {}
        self._sharing = array("L")
        self._paid = bytearray()
        self._waiting: list[ShownPrompt] = []
        self._files = 0
        self._usage = Counter(dict.fromkeys(("distinct", "frames", "paid", *_TOKENS), 0))
        self._refusals: Counter[tuple[str, str, str]] = Counter()

    def unknown(self, prompt_keys: Iterable[str]) -> list[str]:
        """Return those of the keys under which no prompt was added, each once."""
        return [key for key in dict.fromkeys(prompt_keys) if key not in self._numbers]

    def add(self, prompt: ShownPrompt) -> None:
        """Add a prompt, unless its key is known; parts share prompts, and any of them may have paid."""
        if prompt.prompt_key not in self._numbers:
            self._add(prompt)
        number = self._numbers[prompt.prompt_key]
        if prompt.paid and not self._paid[number]:
            self._paid[number] = True
            self._usage["paid"] += 1
            self._usage.update({name: getattr(prompt, name) for name in _TOKENS})

    def finish(self) -> None:
        """Write the prompts that do not fill a file."""
        if self._waiting:
            self._write()

    def use(self, prompt_keys: Iterable[str]) -> None:
        """Count an email for each of its prompts, so far as they were added."""
        for number in {self.number(key) for key in prompt_keys} - {NO_PROMPT}:
            self._sharing[number] += 1

    def number(self, prompt_key: str) -> int:
        """Return a prompt's place among all, from 0; `NO_PROMPT` if it was not added."""
        return self._numbers.get(prompt_key, NO_PROMPT)

    def refused_fields(self, email: ShownEmail) -> list[str]:
        """Return an email's fields with a refused wording, at their products' places, as `lines.2`."""
        return list(dict.fromkeys(self._refused_fields(email)))

    def sharing(self) -> list[int]:
        """Return how many emails use each prompt, by its number."""
        return self._sharing.tolist()

    def paid(self) -> str:
        """Return a digit for each prompt by its number: 1 if a part of the run has paid for it."""
        return "".join(map(str, self._paid))

    def usage(self) -> dict[str, int]:
        """Return how many prompts there are, of frames and paid among them, and the tokens of the paid."""
        return dict(self._usage)

    def refusals(self) -> list[tuple[str, str, str, int]]:
        """Return the most frequent refusals: kind of field, rule, refused words, number of wordings."""
        ordered = sorted(self._refusals.items(), key=lambda item: (-item[1], item[0]))
        return [(*refusal, number) for refusal, number in ordered[:REFUSALS]]

    def _refused_fields(self, email: ShownEmail) -> Iterator[str]:
        for place, key in enumerate(email.prompt_keys):
            for field in self._refused.get(key, ()):
                if not place:
                    yield field
                elif field == "line":
                    yield f"lines.{place}"
                elif not (email.unhappy and field in _HEADLINES):
                    yield field

    def _add(self, prompt: ShownPrompt) -> None:
        self._numbers[prompt.prompt_key] = len(self._numbers)
        self._sharing.append(0)
        self._paid.append(False)
        if refused := prompt.refused_fields:
            self._refused[prompt.prompt_key] = refused
        self._usage["distinct"] += 1
        self._usage["frames"] += prompt.task == "frame"
        self._refusals.update((each.field, each.rule, each.found) for each in prompt.verdicts)
        self._waiting.append(prompt)
        if len(self._waiting) == PROMPTS_PER_FILE:
            self._write()

    def _write(self) -> None:
        write_prompts(self._folder, self._files, self._waiting)
        self._files += 1
        self._waiting = []
