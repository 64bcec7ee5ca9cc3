"""The files of a theme: its own, over those that every theme starts from."""

from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable

BASE = "_base"
ThemeFiles = Mapping[str, str]
"""Texts by file name."""


def built_in_themes() -> tuple[str, ...]:
    """Return the names of the themes that come with the mailer, in order."""
    return tuple(sorted(each.name for each in _folder().iterdir() if (each / "theme.toml").is_file()))


def built_in_theme(name: str) -> ThemeFiles:
    """Return a built-in theme's own files; empty if there is no such theme."""
    return dict(_texts(_folder() / name)) if name in built_in_themes() else {}


def complete(own: ThemeFiles) -> ThemeFiles:
    """Return a theme's files with the base's for those that it lacks."""
    return {**dict(_texts(_folder() / BASE)), **own}


def _folder() -> Traversable:
    return files(__package__) / "themes"


def _texts(folder: Traversable) -> Iterator[tuple[str, str]]:
    for each in folder.iterdir():
        if each.is_file():
            yield each.name, each.read_text("utf-8")


FILE_NAMES = tuple(sorted({"theme.toml", "email.css", "narrow.css", *complete({})} - {"base.css"}))
"""Every file that a theme may have; those that it lacks are the base's."""
