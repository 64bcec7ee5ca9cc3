"""What a check found."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: in which email, and what."""

    email: str
    what: str


@dataclass(frozen=True)
class Result:
    """What one check came to over `judged` emails; no findings is what everybody wants."""

    check: str
    judged: int
    findings: list[Finding] = field(default_factory=list)
    figure: str = ""
    """What was measured, such as the highest score."""
