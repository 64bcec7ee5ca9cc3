"""understudy's sentiment model beside VADER: how fast, and how right about odd short texts.

`sentiment.py FILE` measures how sure it is of labelled texts that were not trained on, JSON Lines of `text`
and `label`, and exits with 1 when it is too sure; `fondly evaluate sentiment` says more of them.
"""

import atexit
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import boto3
from rich.console import Console

from fondly.evaluation.sample import generate
from fondly.evaluation.sentiment.challenge import evaluate_challenge, read_challenge
from fondly.evaluation.sentiment.reading import Columns, read_labelled
from fondly.evaluation.sentiment.report import evaluate_rows
from fondly.evaluation.sentiment.scoring import Engine, on_texts, timed, understudy, vader
from fondly.runtime.batches import batches
from fondly.stack.embedded import embedded_stack
from harness.contender import Found, Work
from harness.processes import child, cpu_seconds, idle

WORDS = 44
BATCH = 25
MOST_CALIBRATION_ERROR = 0.04


def main() -> int:
    """Measure, print and return the exit code."""
    labelled = read_labelled(Path(sys.argv[1]), Columns(["text"], "label"), {"NEU": None, "MIX": None})
    scored = timed(on_texts(understudy()), labelled.rows)
    found = evaluate_rows(labelled, scored, engine="understudy", readable_rows=len(labelled.rows))
    error = found.expected_calibration_error
    Console().print(f"calibration error {error:.3f} (limit: {MOST_CALIBRATION_ERROR})", highlight=False)
    return int(error > MOST_CALIBRATION_ERROR)


def prepare(reviews: str) -> Work:
    """Return a round of so many reviews of the made-up shop: by HTTP; beside it, in process and by VADER."""
    engines = {"in process": understudy(), "VADER": vader()}
    quality = {"odd texts right": _right(engines["in process"]), "by VADER": _right(engines["VADER"])}
    parts = list(batches(_reviews(int(reviews)), BATCH))
    kept = ExitStack()
    folder = Path(kept.enter_context(TemporaryDirectory()))
    kept.enter_context(embedded_stack(folder / "logs", services=()))
    atexit.register(kept.close)
    server, comprehend = idle(child("understudy")), boto3.client("comprehend")
    if hasattr(server, "cpu_affinity"):  # macOS has none
        server.cpu_affinity([0])

    def by_http() -> float:
        before = cpu_seconds(server)
        for texts in parts:
            comprehend.batch_detect_sentiment(TextList=texts, LanguageCode="en")
        return cpu_seconds(server) - before

    def work() -> Found:
        beside = {name: _cpu_s(engine, parts) for name, engine in engines.items()}
        return {"units": int(reviews), "cpu_s": by_http(), "beside": beside, "quality": quality}

    return work


def _right(engine: Engine) -> float:
    """The share of odd short texts that are read right."""
    return evaluate_challenge(read_challenge(), on_texts(engine), engine="").accuracy


def _reviews(count: int) -> list[str]:
    """Return different reviews of so many words, from what the made-up shop's customers wrote."""
    words: list[str] = []
    for row in generate(customers=count * 5, products=300):
        words += row["review_content"].split()
    return [" ".join(words[at * WORDS : (at + 1) * WORDS]) for at in range(count)]


def _cpu_s(engine: Engine, parts: Sequence[Sequence[str]]) -> float:
    started = time.process_time()
    for texts in parts:
        engine(texts)
    return time.process_time() - started


if __name__ == "__main__":
    sys.exit(main())
