"""Settings of earlier releases that this one does not read: each is told by name, or nobody would notice."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files

CHANGED: dict[str, dict[str, str]] = tomllib.loads(
    files(__package__).joinpath("changed_settings.toml").read_text("utf-8")
)
"""By release and name, the new name, or why it is gone and what does the same."""
FORMER = re.compile(
    r"ENCORE_((INGEST|SENTIMENT|RECOMMENDER|MAILER|PERSONALIZE)_\w+|\w+_(TABLE|BUCKET|TOPIC_ARN|QUEUE_URL))"
)
"""Variables of the project's former name; another product has others that begin so."""


def told(name: str) -> str:
    """Say what has become of a setting or key; empty for one that no release has taken away."""
    for release, names in CHANGED.items():
        if instead := names.get(name):
            is_name = re.fullmatch(r"[A-Z0-9_]+|[a-z_.]+", instead)
            return (
                f"was renamed {instead} in {release}" if is_name else f"was removed in {release}: {instead}"
            )
    return ""


def changed_settings(given: Mapping[str, str | None]) -> Iterator[str]:
    """Yield a sentence for each variable, if it has a value, that is gone, and one for the former name."""
    names = sorted(name for name, value in given.items() if value)
    yield from (f"{name} {said}" for name in names if (said := told(name)))
    for name in filter(FORMER.fullmatch, names):
        new = name.replace("ENCORE", "FONDLY", 1)
        yield f"the project is named Fondly since 0.2.0: {name} is {new}, and so on"
        break
