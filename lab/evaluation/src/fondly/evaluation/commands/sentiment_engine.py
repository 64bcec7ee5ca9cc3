"""The engine that a person chose to score texts, and what it costs them."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from fondly.cli.output import say
from fondly.evaluation.sentiment.comprehend import comprehend, estimated_usd
from fondly.evaluation.sentiment.scoring import Engine, Prior, understudy, vader
from fondly.operations.errors import OperationError
from fondly.operations.formatting import count, usd
from fondly.operations.target import target

if TYPE_CHECKING:
    from types_boto3_comprehend.literals import LanguageCodeType

CONFIG = Config(connect_timeout=5, read_timeout=30, retries={"mode": "standard", "max_attempts": 8})
COMPREHEND, VADER = "comprehend", "vader"


@dataclass(frozen=True, kw_only=True)
class Choice:
    """An engine by name, with what it has to know; `consents` if nobody is to be asked before paying."""

    engine: str
    prior: str | None = None
    language: "LanguageCodeType" = "en"
    region: str | None = None
    consents: bool = False

    @property
    def name(self) -> str:
        """What reports call the engine."""
        return f"{self.engine}, {self.prior} prior" if self.prior else self.engine

    @property
    def is_local(self) -> bool:
        """Whether it works in this process."""
        return self.engine != COMPREHEND


@contextmanager
def opened(choice: Choice, texts: Sequence[str]) -> Iterator[Engine]:
    """Open the engine that is to score these texts.

    Comprehend's endpoint and credentials are those of the AWS SDK. Raises `OperationError` if it has no
    region, or if the person would not pay.
    """
    if choice.engine == COMPREHEND:
        with target(None, choice.region) as chosen:
            client = boto3.Session(region_name=chosen.region).client("comprehend", config=CONFIG)
            _require_consent(texts, given=choice.consents)
            yield comprehend(client, choice.language)
    elif choice.engine == VADER:
        yield vader()
    else:
        yield understudy(Prior(choice.prior) if choice.prior else None)


def _require_consent(texts: Sequence[str], *, given: bool) -> None:
    cost = usd(float(estimated_usd(texts)))
    say(f"Amazon Comprehend: {count(len(texts))} texts cost about {cost} at list prices")
    if given:
        return
    sys.stderr.write("Score them? [y/N]: ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().casefold() not in {"y", "yes"}:
        raise OperationError("nothing scored")
