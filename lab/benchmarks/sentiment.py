"""understudy's sentiment model beside VADER: how fast, and how right about odd short texts.

`--data` measures how often right and how sure it is on labelled texts that were not trained on, and exits
with 1 when it is too sure.
"""

from __future__ import annotations

import argparse
import atexit
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from fondly.evaluation.sample import generate
from fondly.evaluation.sentiment.challenge import evaluate_challenge, read_challenge
from fondly.evaluation.sentiment.scoring import Engine, on_texts, understudy, vader
from fondly.runtime.batches import batches
from harness.reviews import LabelledText, labelled_texts
from harness.sentiment_figures import Verdict, figures
from harness.understudy_process import serving
from understudy.engines.sentiment import SentimentModel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.contender import Found, Work

WORDS = 44
BATCH = 25
GROUPS = {
    "pros and cons": {"pros", "cons"},
    "product reviews": {"liu"},
    "film snippets": {"rt"},
    "film reviews": {"mr"},
}
VADER_NEUTRAL = 0.05
"""The bounds of VADER's neutral, as its authors set them."""

MOST_CALIBRATION_ERROR = 0.04


def main() -> int:
    """Measure, print the tables and return the exit code."""
    options = _options()
    rows = labelled_texts(options.data / "dev.jsonl.gz")
    found = {
        "understudy": _ours(SentimentModel.load(), [row.text for row in rows]),
        "VADER": _vaders(SentimentIntensityAnalyzer(), [row.text for row in rows]),
    }
    console = Console()
    console.print(_accuracy(rows, found))
    error = figures(rows, found["understudy"]).calibration_error
    console.print(f"calibration error {error:.3f} (limit: {MOST_CALIBRATION_ERROR})")
    return int(error > MOST_CALIBRATION_ERROR)


def prepare(reviews: str) -> Work:
    """Return a round of so many reviews of the made-up shop: by HTTP; beside it, in process and by VADER."""
    engines = {"in process": understudy(), "VADER": vader()}
    quality = {"odd texts right": _right(engines["in process"]), "by VADER": _right(engines["VADER"])}
    parts = list(batches(_reviews(int(reviews)), BATCH))
    serve = ExitStack()
    server = serve.enter_context(serving(cores=1))
    atexit.register(serve.close)

    def work() -> Found:
        beside = {name: _cpu_s(engine, parts) for name, engine in engines.items()}
        return {"units": int(reviews), "cpu_s": server.cpu_s(parts), "beside": beside, "quality": quality}

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


def _ours(model: SentimentModel, texts: Sequence[str]) -> list[Verdict]:
    scored = model.score(texts)
    return [Verdict(each.label, each.positive / (each.positive + each.negative)) for each in scored]


def _vaders(analyser: SentimentIntensityAnalyzer, texts: Sequence[str]) -> list[Verdict]:
    compounds = [analyser.polarity_scores(text)["compound"] for text in texts]
    return [Verdict(_vader_label(compound), (compound + 1) / 2) for compound in compounds]


def _vader_label(compound: float) -> str:
    if abs(compound) < VADER_NEUTRAL:
        return "NEUTRAL"
    return "POSITIVE" if compound > 0 else "NEGATIVE"


def _accuracy(rows: Sequence[LabelledText], found: dict[str, list[Verdict]]) -> Table:
    table = Table(
        "texts",
        "of",
        "number",
        "praise or blame",
        "label",
        "F1, 3 classes",
        "calibration error",
        title="accuracy",
    )
    for group, sources in {"all": {row.source for row in rows}, **GROUPS}.items():
        for name, verdicts in found.items():
            pairs = [pair for pair in zip(rows, verdicts, strict=True) if pair[0].source in sources]
            one = figures([row for row, _ in pairs], [verdict for _, verdict in pairs])
            macro_f1 = "" if one.macro_f1 is None else f"{one.macro_f1:.3f}"
            table.add_row(
                *(group, name, str(len(pairs)), f"{one.polarity:.3f}", f"{one.label:.3f}", macro_f1),
                f"{one.calibration_error:.3f}",
            )
    return table


def _cpu_s(engine: Engine, parts: Sequence[Sequence[str]]) -> float:
    started = time.process_time()
    for texts in parts:
        engine(texts)
    return time.process_time() - started


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with dev.jsonl.gz")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
