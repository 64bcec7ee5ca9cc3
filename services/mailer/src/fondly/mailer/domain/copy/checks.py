"""What code refuses of a wording, before the judge reads it."""

from fondly.mailer.domain.copy.wording import Ground, Problem, Wording


def problems(field: str, wording: Wording, ground: Ground) -> list[Problem]:
    """Return what the rules have against a wording."""
    del field, wording, ground
    return []


def strict_problems(field: str, wording: Wording, ground: Ground) -> list[Problem]:
    """Return what is refused besides for shops that want none but common words and those of the sources."""
    del field, wording, ground
    return []
