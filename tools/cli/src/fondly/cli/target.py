"""Which environment of which account and region a command addresses."""

from collections.abc import Iterator
from contextlib import contextmanager

from fondly.cli.output import say
from fondly.operations import target as targets


@contextmanager
def target(environment: str | None, region: str | None) -> Iterator[targets.Target]:
    """Yield the target, and say so if that is the local stack."""
    with targets.target(environment, region) as chosen:
        if chosen.local_url:
            say(f"using the local stack ({chosen.local_url}); `fondly down` stops it")
        yield chosen
