"""What a run's customers said, as tables for people."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from rich.table import Table

from fondly.cli.tables import cell, table
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


def is_among_reviews(name: str) -> bool:
    """Whether a count of a run is shown here, and need not be listed with the others."""
    return bool(_SHOWN.fullmatch(name))


def review_sections(run: RunDetails) -> Iterator[Table]:
    """Yield labels, answers and aspects; nothing for a run without such a summary."""
    if run.sentiment is None:
        return
    yield _labels(run.sentiment)
    yield _answers(run.counts)
    yield _aspects("most praised", run.sentiment.praised, praise)
    yield _aspects("most criticised", run.sentiment.blamed, criticism)


def _labels(said: SentimentSummary) -> Table:
    """A row per label with a bar; the texts without one, as a share of all texts; languages if several."""
    shown = table("reviews", "texts", "share", "", right=("texts", "share"), fold="")
    for each in label_mix(said):
        bar = cell("█" * round(each.share * BAR_COLUMNS), STYLES[each.label])
        shown.add_row(cell(each.label.lower()), cell(count(each.texts)), cell(share(each.share)), bar)
    empty = f"; {count(said.empty)} without a word" if said.empty else ""
    unscored, note = count(said.texts - said.scored), f"of {count(said.texts)} in all{empty}"
    shown.add_row(cell("not scored"), cell(unscored), cell(share(said.unscored_share)), cell(note))
    if spoken := languages(said):
        named = ", ".join(f"{code} {count(texts)}" for code, texts in spoken)
        shown.add_row(cell("languages"), cell(""), cell(""), cell(named))
    return shown


def _answers(counts: Mapping[str, int]) -> Table:
    """How many answers about texts the run paid for, and how many were known already."""
    shown = table("answers", "", right=("",))
    for name, label in ANSWERS.items():
        if name in counts:
            shown.add_row(cell(label), cell(count(counts[name])))
    return shown


def _aspects(title: str, aspects: Sequence[AspectCount], verdict: Callable[[AspectCount], str]) -> Table:
    shown = table(title, "")
    for each in aspects[:ASPECTS]:
        shown.add_row(cell(aspect_name(each.aspect)), cell(verdict(each)))
    return shown
