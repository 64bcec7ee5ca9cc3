"""What a run's customers said."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from fondly.cli.tables.declaration import Column, Columns, Fact, Table, sheet
from fondly.contracts.records import AspectCount, Sentiment, SentimentSummary
from fondly.operations.formatting import count, share
from fondly.operations.runs.sentiment_figures import aspect_name, criticism, label_mix, languages, praise
from fondly.operations.runs.views import RunDetails

BAR_COLUMNS = 40
ASPECTS = 5
STYLES = {
    Sentiment.POSITIVE: "green",
    Sentiment.NEGATIVE: "red",
    Sentiment.NEUTRAL: "dim",
    Sentiment.MIXED: "yellow",
}
ANSWERS = {"texts_asked": "paid for", "texts_known": "known already"}
_SHOWN = re.compile(r"texts_(asked|known|positive|negative|neutral|mixed)|language_.+")


class _Label(NamedTuple):
    """The texts of a label."""

    name: str
    texts: int | str
    share: str
    note: str
    style: str = ""


LABELS: Columns[_Label] = (
    Column("reviews", lambda label: label.name),
    Column("texts", lambda label: label.texts, right=True),
    Column("share", lambda label: label.share, right=True),
    Column("", lambda label: label.note, lambda label: label.style, fold=True),
)


def is_among_reviews(name: str) -> bool:
    """Whether a count of a run is shown here, and need not be listed with the others."""
    return bool(_SHOWN.fullmatch(name))


def review_tables(run: RunDetails) -> Iterator[Table[_Label] | Table[Fact]]:
    """Yield labels, answers and aspects; nothing for a run without such a summary."""
    if run.sentiment is None:
        return
    yield Table(LABELS, list(_labels(run.sentiment)))
    answers = [(label, run.counts[name]) for name, label in ANSWERS.items() if name in run.counts]
    yield sheet(answers, title="answers", right=True)
    yield _aspects("most praised", run.sentiment.praised, praise)
    yield _aspects("most criticised", run.sentiment.blamed, criticism)


def _labels(said: SentimentSummary) -> Iterator[_Label]:
    """Yield each label with a bar; the texts without one, as a share of all texts; languages if several."""
    for each in label_mix(said):
        bar = "█" * round(each.share * BAR_COLUMNS)
        yield _Label(each.label.lower(), each.texts, share(each.share), bar, STYLES[each.label])
    empty = f"; {count(said.empty)} without a word" if said.empty else ""
    note = f"of {count(said.texts)} in all{empty}"
    yield _Label("not scored", said.texts - said.scored, share(said.unscored_share), note)
    if spoken := languages(said):
        yield _Label("languages", "", "", ", ".join(f"{code} {count(texts)}" for code, texts in spoken))


def _aspects(
    title: str, aspects: Sequence[AspectCount], verdict: Callable[[AspectCount], str]
) -> Table[Fact]:
    return sheet(((aspect_name(each.aspect), verdict(each)) for each in aspects[:ASPECTS]), title=title)
