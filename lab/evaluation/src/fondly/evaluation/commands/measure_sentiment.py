"""The three measurements of sentiment, from a file or a packaged set to a report."""

from pathlib import Path

from fondly.cli.output import say
from fondly.evaluation.commands.sentiment_engine import VADER, Choice, opened
from fondly.evaluation.commands.start import evaluating
from fondly.evaluation.own_data.reading import read_data
from fondly.evaluation.sentiment.challenge import ChallengeReport, evaluate_challenge, read_challenge
from fondly.evaluation.sentiment.labels import Given
from fondly.evaluation.sentiment.ratings import RatingsReport, evaluate_ratings, texts_by_product
from fondly.evaluation.sentiment.reading import SHOWN_CHARS, Columns, Labelled, read_labelled
from fondly.evaluation.sentiment.report import SentimentReport, evaluate_rows
from fondly.evaluation.sentiment.scoring import Timed, has_vader, on_terms, on_texts, timed, vader
from fondly.operations.formatting import count

ASPECTS = "aspects"
SHOWN = 10


def on_labels(
    file: Path, columns: Columns, given: Given, choice: Choice, *, size: int | None, seed: int
) -> SentimentReport:
    """Score the rows of a file with labels, or `size` of them; say which rows and labels are left out."""
    with evaluating("reading"):
        labelled = read_labelled(file, columns, given)
    _tell_left_out(file, labelled)
    drawn = labelled if size is None else labelled.sample(size, seed=seed)
    name, scored = (
        (ASPECTS, _score_terms(drawn)) if columns.term else (choice.name, _score_texts(drawn, choice))
    )
    with evaluating("counting"):
        return evaluate_rows(drawn, scored, engine=name, readable_rows=len(labelled.rows))


def on_challenge(choice: Choice) -> ChallengeReport:
    """Score the packaged set of odd short texts."""
    with evaluating("reading"):
        cases = read_challenge()
    with opened(choice, [case.text for case in cases]) as engine, evaluating("scoring"):
        return evaluate_challenge(cases, on_texts(engine), engine=choice.name)


def on_ratings(file: Path, choice: Choice) -> RatingsReport:
    """Correlate the texts of a shop's own file with its products' ratings, with VADER's scores beside it."""
    with evaluating("reading"):
        data = read_data(file)
    texts = texts_by_product(data.customers, data.shared_texts)
    distinct = list(dict.fromkeys(text for each in texts.values() for text in each))
    with opened(choice, distinct) as engine, evaluating("scoring"):
        engines = {choice.name: engine}
        if has_vader():
            engines[VADER] = vader()
        return evaluate_ratings(data.products, texts, engines)


def _score_terms(labelled: Labelled) -> Timed:
    with evaluating("scoring"):
        return timed(on_terms(), labelled.rows)


def _score_texts(labelled: Labelled, choice: Choice) -> Timed:
    with opened(choice, [row.text for row in labelled.rows]) as engine, evaluating("scoring"):
        scorer = on_texts(engine)
        return timed(scorer, labelled.rows) if choice.is_local else Timed(scorer(labelled.rows))


def _tell_left_out(file: Path, labelled: Labelled) -> None:
    for row in labelled.bad[:SHOWN]:
        say(f"{file}, line {row.line}: {row.reason}")
    if len(labelled.bad) > SHOWN:
        say(f"{file}: {count(len(labelled.bad) - SHOWN)} more rows cannot be used")
    values = [f"{value[:SHOWN_CHARS]!r} ({count(rows)})" for value, rows in labelled.unmapped.items()]
    if values:
        more = f" and {count(len(values) - SHOWN)} more" if len(values) > SHOWN else ""
        say(f"rows left out by label: {', '.join(values[:SHOWN])}{more}")
