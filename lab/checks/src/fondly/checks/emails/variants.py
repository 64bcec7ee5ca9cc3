"""The emails to check: those of a folder, or of demo runs that together have every theme and language."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path

from rich.console import Console

from fondly.checks.emails.message import Email, read_emails
from fondly.evaluation.sample import write_sample
from fondly.operations.local_stack import exported
from fondly.stack.demo import run_demo
from fondly.stack.embedded import embedded_stack

CUSTOMERS, PRODUCTS = 60, 30
LOCALES = {"en": "en_IN"}
"""Languages whose locale is not simply the language's own country."""


@dataclass(frozen=True)
class Variant:
    """A look and a language."""

    theme: str
    locale: str

    def __str__(self) -> str:
        """Return what findings call it."""
        return f"{self.theme} {self.locale}"


def variants() -> list[Variant]:
    """Return as many pairs as it takes to have each theme and each language of the mailer."""
    themes, languages = _folders_with("theme.toml"), _folders_with("messages.ftl")
    return [
        Variant(themes[number % len(themes)], LOCALES.get(language, f"{language}_{language.upper()}"))
        for number in range(max(len(themes), len(languages)))
        for language in [languages[number % len(languages)]]
    ]


def demo_emails(variant: Variant, data: Path | None, work: Path) -> Iterator[Email]:
    """Run a file, or a small made-up one, to emails of the variant, and yield them."""
    work.mkdir(parents=True)
    config = work / "fondly.toml"
    config.write_text(f'[theme]\nname = "{variant.theme}"\n')
    data = data or _sample(work / "sample.csv")
    with exported({"FONDLY_CONFIG": str(config), "FONDLY_MAILER_LOCALE": variant.locale}):
        folder = run_demo(embedded_stack, data, work, Console(quiet=True))
    return read_emails(folder / "emails", variant=str(variant))


def _folders_with(name: str) -> list[str]:
    """The names of the mailer's folders that hold such a file."""
    with as_file(files("fondly.mailer")) as mailer:
        return sorted(path.parent.name for path in mailer.rglob(name))


def _sample(path: Path) -> Path:
    write_sample(path, customers=CUSTOMERS, products=PRODUCTS)
    return path
