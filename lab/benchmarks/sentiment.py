"""understudy's sentiment model beside VADER: how fast, and how right about odd short texts.

Speed is measured on the made-up shop's reviews, in process and through HTTP. The server has one core; what
counts is its process's CPU time. `fondly evaluate sentiment` measures both on labelled texts. Exits with 1
when a limit is missed.
"""

import argparse
import sys
import time
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from fondly.evaluation.sample import generate
from fondly.evaluation.sentiment.challenge import evaluate_challenge, read_challenge
from fondly.evaluation.sentiment.scoring import Engine, on_texts, understudy, vader
from harness.understudy_process import serving

WORDS = 44
BATCH = 25
LEAST_CHALLENGE = 0.8
LEAST_HTTP_PER_CPU_S = 1_200
OVER_HTTP = "understudy, HTTP"


def main() -> int:
    """Measure, print the tables and return the exit code."""
    options = _options()
    engines = {"VADER": vader(), "understudy": understudy()}
    cases = read_challenge()
    right = {
        name: evaluate_challenge(cases, on_texts(engine), engine=name).accuracy
        for name, engine in engines.items()
    }
    speeds = _speeds(engines, _reviews(options.reviews), options.repetitions)
    table = Table("", f"reviews of {WORDS} words per CPU s", "of VADER", f"right of {len(cases)} odd texts")
    for name, per_s in speeds.items():
        share = f"{right[name]:.1%}" if name in right else ""
        table.add_row(name, f"{per_s:,.0f}", f"{per_s / speeds['VADER']:.2f}", share)
    Console().print(table)
    return _exit_code(right["understudy"], speeds[OVER_HTTP])


def _reviews(count: int) -> list[str]:
    """Return different reviews of exactly so many words, from what the made-up shop's customers wrote."""
    words: list[str] = []
    for row in generate(customers=count * 5, products=300):
        words += row["review_content"].split()
    return [" ".join(words[n * WORDS : (n + 1) * WORDS]) for n in range(count)]


def _speeds(engines: dict[str, Engine], reviews: list[str], repetitions: int) -> dict[str, float]:
    """Return the reviews per CPU second, the best of interleaved rounds."""
    batches = [reviews[n : n + BATCH] for n in range(0, len(reviews), BATCH)]
    best = dict.fromkeys((*engines, OVER_HTTP), 0.0)
    with serving(cores=1) as server:
        for _ in range(repetitions):
            taken_s = {name: _cpu_s(engine, batches) for name, engine in engines.items()}
            for name, cpu_s in {**taken_s, OVER_HTTP: server.cpu_s(batches)}.items():
                best[name] = max(best[name], len(reviews) / cpu_s)
    return best


def _cpu_s(score: Engine, batches: Sequence[Sequence[str]]) -> float:
    started = time.process_time()
    for texts in batches:
        score(texts)
    return time.process_time() - started


def _exit_code(right: float, http_per_cpu_s: float) -> int:
    missed = []
    if right < LEAST_CHALLENGE:
        missed.append(f"challenge: {right:.1%} right, at least {LEAST_CHALLENGE:.0%}")
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
    parser.add_argument("--reviews", type=int, default=1_000, help="reviews per round")
    parser.add_argument("--repetitions", type=int, default=3, help="rounds; the best one counts")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
