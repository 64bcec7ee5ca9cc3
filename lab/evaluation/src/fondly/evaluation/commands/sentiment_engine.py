"""The engine that a person chose to score texts, and what it costs them."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

import boto3
from botocore.config import Config

from fondly.cli.output import say
from fondly.evaluation.commands.sentiment import EngineOptions
from fondly.evaluation.sentiment.comprehend import comprehend, estimated_usd
from fondly.evaluation.sentiment.scoring import Engine, Prior, understudy, vader
from fondly.operations.errors import OperationError
from fondly.operations.formatting import count, usd
from fondly.operations.target import target

if TYPE_CHECKING:
    from types_boto3_comprehend.literals import LanguageCodeType

CONFIG = Config(connect_timeout=5, read_timeout=30, retries={"mode": "standard", "max_attempts": 8})
COMPREHEND, VADER = "comprehend", "vader"


def name_of(options: EngineOptions) -> str:
    """What reports call the engine."""
    return f"{options.engine}, {options.prior} prior" if options.prior else options.engine


def is_local(options: EngineOptions) -> bool:
    """Whether the engine works in this process."""
    return options.engine != COMPREHEND


@contextmanager
def opened(options: EngineOptions, texts: Sequence[str]) -> Iterator[Engine]:
    """Open the engine for texts; raise `OperationError` without a region or the person's consent."""
    if options.engine == COMPREHEND:
        with target(None, options.region) as chosen:
            client = boto3.Session(region_name=chosen.region).client("comprehend", config=CONFIG)
            _require_consent(texts, given=options.yes)
            yield comprehend(client, cast("LanguageCodeType", options.language))
    elif options.engine == VADER:
        yield vader()
    else:
        yield understudy(Prior(options.prior) if options.prior else None)


def _require_consent(texts: Sequence[str], *, given: bool) -> None:
    cost = usd(float(estimated_usd(texts)))
    say(f"Amazon Comprehend: {count(len(texts))} texts cost about {cost} at list prices")
    if given:
        return
    sys.stderr.write("Score them? [y/N]: ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().casefold() not in {"y", "yes"}:
        raise OperationError("nothing scored")
