"""The documented duration of a run follows from its figures."""

import math
import re
from pathlib import Path

from fondly.mailer.settings import MailerSettings
from fondly.sentiment.settings import SentimentSettings
from tests.scaling.promises import WAKE_MIN
from tests.scaling.world import Conditions
from tests.support.cost.ratios import measured_runs

ROOT = Path(__file__).parents[2]
SAMPLE = measured_runs()["sample"]
TEXTS_PER_CALL = 25
SLEEPING_SERVICES = 3
FULL_MINUTE, START_MIN = 1, 1
"""What a wake-up takes at least: the minute that SQS counts in, and the start of a task."""
IMPORTS, TRAINING, BATCH_JOB = (10, 20), (40, 90), (10, 20)
"""Personalize's, at least and at most: the outer two are assumptions."""
NEW_ACCOUNTS_RPM = 100
INGEST_MIN = (1, 1)


def minutes(calls: float, per_minute: float) -> int:
    """Whole minutes that calls take at a quota."""
    return math.ceil(calls / per_minute)


def durations() -> dict[str, tuple[int, int]]:
    """What each step takes at least and at most, in minutes."""
    worst = Conditions()
    wake_least = FULL_MINUTE + START_MIN
    wake_most = worst.silence_min + worst.queue_late_min + WAKE_MIN
    calls_per_min = 60 * float(SentimentSettings.model_fields["sentiment_calls_per_s"].default)
    sentiment = minutes(SAMPLE.reviews / TEXTS_PER_CALL, calls_per_min)
    rpm = float(MailerSettings.model_fields["mailer_converse_rpm"].default)
    return {
        "three services wake up": (SLEEPING_SERVICES * wake_least, SLEEPING_SERVICES * wake_most),
        "ingest": INGEST_MIN,
        "sentiment": (sentiment, sentiment),
        "Personalize: imports": IMPORTS,
        "Personalize: training": TRAINING,
        "Personalize: batch job": BATCH_JOB,
        "mailer": (minutes(SAMPLE.copy_calls, rpm), minutes(SAMPLE.copy_calls, NEW_ACCOUNTS_RPM)),
    }


def test_the_table_adds_up() -> None:
    """Each line, and their sum, is what its figures give."""
    text = (ROOT / "docs/operations.md").read_text()
    section = text.split("## How long a run takes")[1].split("\n## ")[0]
    rows = re.findall(r"^\| \**([^|*]+?)\** \| \**(\d+)\** \| \**(\d+)\** \|", section, re.MULTILINE)
    documented = {name: (int(least), int(most)) for name, least, most in rows}
    total = documented.pop("total")
    assert documented == durations()
    assert total == tuple(map(sum, zip(*documented.values(), strict=True)))


def test_the_readme_says_the_same() -> None:
    """Whoever reads only the first page knows what a run takes."""
    least, most = map(sum, zip(*durations().values(), strict=True))
    wake_least, wake_most = durations()["three services wake up"]
    text = " ".join((ROOT / "README.md").read_text().split())
    assert f"takes {least} to {most} minutes there: {TRAINING[0]} to {TRAINING[1]} are" in text
    assert f"{wake_least} to {wake_most} the waking of three" in text
