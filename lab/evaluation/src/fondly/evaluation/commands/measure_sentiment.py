"""The three measurements of sentiment, from a file or a packaged set to an answer."""

from pathlib import Path

import typer

from fondly.cli.answer import Answer
from fondly.cli.output import say
from fondly.evaluation.commands.sentiment import EngineOptions, LabelOptions
from fondly.evaluation.commands.sentiment_engine import VADER, is_local, name_of, opened
from fondly.evaluation.commands.sentiment_tables import (
    challenge_sections,
    labelled_sections,
    rating_sections,
)
from fondly.evaluation.commands.start import evaluating
from fondly.evaluation.own_data.reading import read_data
from fondly.evaluation.sentiment.challenge import evaluate_challenge, read_challenge
from fondly.evaluation.sentiment.labels import Given, read_map
from fondly.evaluation.sentiment.ratings import evaluate_ratings, texts_by_product
from fondly.evaluation.sentiment.reading import SHOWN_CHARS, Columns, Labelled, read_labelled
from fondly.evaluation.sentiment.report import evaluate_rows
from fondly.evaluation.sentiment.scoring import Timed, has_vader, on_terms, on_texts, timed, vader

ASPECTS = "aspects"
SHOWN = 10


def measure_sentiment(
    file: Path | None, labels: LabelOptions, engine: EngineOptions, *, ratings: bool
) -> Answer:
    """Score the packaged texts without a file, else its products' texts, or its rows with labels."""
    if file is None:
        return _on_challenge(engine)
    return _on_ratings(file, engine) if ratings else _on_labels(file, labels, engine)


def _on_labels(file: Path, options: LabelOptions, engine: EngineOptions) -> Answer:
    """Score the rows of a file with labels, or some of them; say which rows and labels are left out."""
    columns = Columns(options.text or [], options.label or "", options.term, options.begin)
    given = _given(options.mapped or [])
    with evaluating("reading"):
        labelled = read_labelled(file, columns, given)
    _tell_left_out(file, labelled)
    drawn = labelled if options.sample is None else labelled.sample(options.sample, seed=options.seed)
    name, scored = (
        (ASPECTS, _score_terms(drawn)) if columns.term else (name_of(engine), _score_texts(drawn, engine))
    )
    with evaluating("counting"):
        report = evaluate_rows(drawn, scored, engine=name, readable_rows=len(labelled.rows))
    return Answer(report, labelled_sections(report))


def _on_challenge(options: EngineOptions) -> Answer:
    """Score the packaged set of odd short texts."""
    with evaluating("reading"):
        cases = read_challenge()
    with opened(options, [case.text for case in cases]) as engine, evaluating("scoring"):
        report = evaluate_challenge(cases, on_texts(engine), engine=name_of(options))
    return Answer(report, challenge_sections(report))


def _on_ratings(file: Path, options: EngineOptions) -> Answer:
    """Correlate the texts of a shop's own file with its products' ratings, with VADER's scores beside it."""
    with evaluating("reading"):
        data = read_data(file)
    texts = texts_by_product(data.customers, data.shared_texts)
    distinct = list(dict.fromkeys(text for each in texts.values() for text in each))
    with opened(options, distinct) as engine, evaluating("scoring"):
        engines = {name_of(options): engine}
        if has_vader():
            engines[VADER] = vader()
        report = evaluate_ratings(data.products, texts, engines)
    return Answer(report, rating_sections(report))


def _given(mapped: list[str]) -> Given:
    """Return what values mean; raise `BadParameter` for one that is not VALUE=LABEL."""
    try:
        return read_map(mapped)
    except ValueError as error:
        raise typer.BadParameter(f"--map: {error}") from None


def _score_terms(labelled: Labelled) -> Timed:
    with evaluating("scoring"):
        return timed(on_terms(), labelled.rows)


def _score_texts(labelled: Labelled, options: EngineOptions) -> Timed:
    with opened(options, [row.text for row in labelled.rows]) as engine, evaluating("scoring"):
        scorer = on_texts(engine)
        return timed(scorer, labelled.rows) if is_local(options) else Timed(scorer(labelled.rows))


def _tell_left_out(file: Path, labelled: Labelled) -> None:
    for row in labelled.bad[:SHOWN]:
        say(f"{file}, line {row.line}: {row.reason}")
    if len(labelled.bad) > SHOWN:
        say(f"{file}: {len(labelled.bad) - SHOWN:,} more rows cannot be used")
    values = [f"{value[:SHOWN_CHARS]!r} ({rows:,})" for value, rows in labelled.unmapped.items()]
    if values:
        more = f" and {len(values) - SHOWN:,} more" if len(values) > SHOWN else ""
        say(f"rows left out by label: {', '.join(values[:SHOWN])}{more}")
