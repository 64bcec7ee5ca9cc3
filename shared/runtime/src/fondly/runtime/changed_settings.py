"""Settings of earlier releases that this one does not read: each is told by name, or nobody would notice."""

import re
import tomllib
from collections.abc import Collection, Iterable, Iterator
from importlib.resources import files

CHANGED: dict[str, dict[str, str]] = tomllib.loads(
    files(__package__).joinpath("changed_settings.toml").read_text("utf-8")
)
"""By release and name, the new name, or why it is gone and what does the same."""
TOLD = {name: (instead, release) for release, names in CHANGED.items() for name, instead in names.items()}
FORMER, PREFIX, RENAMED_IN = "ENCORE_", "FONDLY_", "0.2.0"
_NAME = re.compile(r"[A-Z0-9_]+|[a-z_]+\.[a-z_]+")


def told(name: str) -> str:
    """Say what has become of a setting or key; empty for one that no release has taken away."""
    instead, release = TOLD.get(name, ("", ""))
    if not instead:
        return ""
    return (
        f"was renamed {instead} in {release}"
        if _NAME.fullmatch(instead)
        else f"was removed in {release}: {instead}"
    )


def changed_settings(names: Iterable[str], known: Collection[str]) -> Iterator[str]:
    """Yield a sentence for each variable that was renamed or removed, and one for those of the former name.

    `known` are those of today: what others name so is no concern of ours.
    """
    found = sorted(names)
    yield from (f"{name} {said}" for name in found if (said := told(name)))
    ours = {name: name.replace(FORMER, PREFIX, 1) for name in found if name.startswith(FORMER)}
    former = [f"{old} is {new}" for old, new in ours.items() if new in known or new in TOLD]
    if former:
        yield f"the project is named Fondly since {RENAMED_IN}: {', '.join(former)}"
