"""Settings of earlier releases that this one does not read: each is told by name, or nobody would notice."""

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from importlib.resources import files

CHANGED: dict[str, dict[str, str]] = tomllib.loads(
    files(__package__).joinpath("changed_settings.toml").read_text("utf-8")
)
"""By release and name, the new name, or why it is gone and what does the same."""
FORMER, PREFIX = "ENCORE_", "FONDLY_"


def told(name: str) -> str:
    """Say what has become of a setting or key; empty for one that no release has taken away."""
    for release, names in CHANGED.items():
        if instead := names.get(name):
            is_name = re.fullmatch(r"[A-Z0-9_]+|[a-z_.]+", instead)
            return (
                f"was renamed {instead} in {release}" if is_name else f"was removed in {release}: {instead}"
            )
    return ""


def changed_settings(given: Mapping[str, str | None], known: Collection[str]) -> Iterator[str]:
    """Yield a sentence for each variable with a value that was renamed or removed, of the former name too.

    `known` are those of today: what others name so is no concern of ours.
    """
    for name in sorted(name for name, value in given.items() if value):
        new = name.replace(FORMER, PREFIX, 1)
        if said := told(name):
            yield f"{name} {said}"
        elif new != name and (new in known or told(new)):
            yield f"the project is named Fondly since 0.2.0: {name} is {new}"
