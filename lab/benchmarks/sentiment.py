"""understudy's sentiment model beside VADER: how often right, how sure, and how fast.

Accuracy is measured on labelled texts that were not trained on, speed on reviews joined from them, in
process and through HTTP. The server has one core; what counts is its process's CPU time. Exits with 1 when a
limit is missed.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from fondly.evaluation.sentiment.challenge import evaluate_challenge, read_challenge
from fondly.evaluation.sentiment.scoring import on_texts, understudy
from harness.reviews import LabelledText, joined_reviews, labelled_texts
from harness.sentiment_figures import Figures, Verdict, figures
from harness.understudy_process import serving
from understudy.engines.sentiment import SentimentModel

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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

LEAST_CHALLENGE = 0.8
MOST_CALIBRATION_ERROR = 0.04
LEAST_HTTP_PER_CPU_S = 1_200


def main() -> int:
    """Measure, print the tables and return the exit code."""
    options = _options()
    rows = labelled_texts(options.data / "dev.jsonl.gz")
    model, vader = SentimentModel.load(), SentimentIntensityAnalyzer()
    found = {
        "understudy": _ours(model, [row.text for row in rows]),
        "VADER": _vaders(vader, [row.text for row in rows]),
    }
    console = Console()
    console.print(_accuracy(rows, found))
    found_odd = evaluate_challenge(read_challenge(), on_texts(understudy()), engine="understudy")
    console.print(", ".join(f"{kind} {each.right}/{each.of}" for kind, each in found_odd.kinds.items()))
    reviews = joined_reviews(rows, options.reviews, WORDS)
    speeds = _speeds(model, vader, reviews, options.repetitions)
    console.print(_speed(speeds))
    every = figures(rows, found["understudy"])
    return _exit_code(every, found_odd.accuracy, speeds["understudy, HTTP"])


def _ours(model: SentimentModel, texts: Sequence[str]) -> list[Verdict]:
    scored = model.score(texts)
    return [Verdict(each.label, each.positive / (each.positive + each.negative)) for each in scored]


def _vaders(vader: SentimentIntensityAnalyzer, texts: Sequence[str]) -> list[Verdict]:
    compounds = [vader.polarity_scores(text)["compound"] for text in texts]
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


def _speeds(
    model: SentimentModel, vader: SentimentIntensityAnalyzer, reviews: list[str], repetitions: int
) -> dict[str, float]:
    """Return the reviews per CPU second, the best of interleaved rounds."""
    batches = [reviews[n : n + BATCH] for n in range(0, len(reviews), BATCH)]
    best = dict.fromkeys(("VADER", "understudy", "understudy, HTTP"), 0.0)
    with serving(cores=1) as server:
        for _ in range(repetitions):
            for name, cpu_s in (
                ("VADER", _cpu_s(lambda texts: _vaders(vader, texts), batches)),
                ("understudy", _cpu_s(model.score, batches)),
                ("understudy, HTTP", server.cpu_s(batches)),
            ):
                best[name] = max(best[name], len(reviews) / cpu_s)
    return best


def _cpu_s(score: Callable[[list[str]], object], batches: list[list[str]]) -> float:
    started = time.process_time()
    for texts in batches:
        score(texts)
    return time.process_time() - started


def _speed(speeds: dict[str, float]) -> Table:
    table = Table("", f"reviews of {WORDS} words per CPU s", "of VADER", title="speed")
    for name, per_s in speeds.items():
        table.add_row(name, f"{per_s:,.0f}", f"{per_s / speeds['VADER']:.2f}")
    return table


def _exit_code(every: Figures, right: float, http_per_cpu_s: float) -> int:
    missed = []
    if right < LEAST_CHALLENGE:
        missed.append(f"challenge: {right:.1%} right, at least {LEAST_CHALLENGE:.0%}")
    if every.calibration_error > MOST_CALIBRATION_ERROR:
        missed.append(f"calibration error {every.calibration_error:.3f}, at most {MOST_CALIBRATION_ERROR}")
    if http_per_cpu_s < LEAST_HTTP_PER_CPU_S:
        missed.append(f"HTTP: {http_per_cpu_s:,.0f} reviews per CPU s, at least {LEAST_HTTP_PER_CPU_S:,}")
    errors = Console(stderr=True)
    for line in missed:
        errors.print(line)
    return 1 if missed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with dev.jsonl.gz")
    parser.add_argument("--reviews", type=int, default=1_000, help="reviews per round")
    parser.add_argument("--repetitions", type=int, default=3, help="rounds; the best one counts")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
