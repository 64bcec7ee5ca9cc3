"""The tables of `fondly evaluate`, as in `test_tables`."""

from decimal import Decimal

import pytest
from rich.console import Console

from fondly.cli.tables.drawing import draw
from fondly.contracts.records import ReasonKind, Sentiment
from fondly.evaluation.commands.ablation_tables import ablation_sections
from fondly.evaluation.commands.copy_tables import answer_sections, suite_sections
from fondly.evaluation.commands.measure_reasons import reason_sections
from fondly.evaluation.commands.measure_sequences import sequence_sections
from fondly.evaluation.commands.own_data_tables import own_data_sections
from fondly.evaluation.commands.sentiment_tables import challenge_sections, labelled_sections, rating_sections
from fondly.evaluation.copy.answer_report import (
    AnswerReport,
    JudgedField,
    JudgedWording,
    Outcome,
    OutcomeRates,
)
from fondly.evaluation.copy.judging import Problem, Verdict
from fondly.evaluation.copy.report import CopyReport, Rate, Rates, Refusals
from fondly.evaluation.copy.suite import Label
from fondly.evaluation.metrics import Change, Interval
from fondly.evaluation.own_data.ablation import AblationReport, PartFigures, Variety, Whole
from fondly.evaluation.own_data.lists import Nearness
from fondly.evaluation.own_data.quality import QualityFigures
from fondly.evaluation.own_data.report import (
    DataFigures,
    HeldOutFigures,
    HitFigures,
    ListFigures,
    OwnDataReport,
)
from fondly.evaluation.reasons.checking import FalseReason, ReasonReport
from fondly.evaluation.sentiment.challenge import ChallengeReport, WrongCase
from fondly.evaluation.sentiment.metrics import Calibration, Correlation, Share
from fondly.evaluation.sentiment.ratings import EngineCorrelation, RatingsReport
from fondly.evaluation.sentiment.report import SentimentReport, Shares
from fondly.evaluation.sequences.report import Figures, SequenceReport
from tools.cli.tests.screens import Show, assert_nothing_is_broken, compare, in_pipe, on_terminal

BIG = 1_234_567
ACCURACY = {
    "recall_at_5": 0.0783,
    "ndcg_at_5": 0.0568,
    "recall_at_10": 0.1085,
    "ndcg_at_10": 0.0665,
    "coverage_at_5": 0.9172,
}


def evaluate_sequences(screen: Console) -> None:
    """A large file, beside every baseline."""
    ours = SequenceReport(
        **ACCURACY, fit_seconds=1234.5, score_seconds=1234.5, users=BIG, items=BIG, peak_rss_mb=1234.5
    )
    other = Figures(**ACCURACY, fit_seconds=0.01, score_seconds=1234.5)
    draw(sequence_sections(ours, {"popularity": other, "item-kNN": other, "ALS": other}), screen)


def evaluate_own_data(screen: Console) -> None:
    """A shop with everything."""
    hits = HitFigures(
        exact=Interval(0.036, 0.01, 0.061),
        family=Interval(0.036, 0.01, 0.061),
        leaf=Interval(0.137, 0.091, 0.188),
        level_2=Interval(0.442, 0.371, 0.512),
    )
    report = OwnDataReport(
        data=DataFigures(
            products=BIG,
            families=BIG,
            customers=BIG,
            customers_with_one_family=BIG,
            reviews=BIG,
            rejected_rows=BIG,
        ),
        held_out=HeldOutFigures(customers=BIG, fondly=hits, popularity=hits),
        lists=ListFigures(
            coverage_products=1.0,
            coverage_families=0.898,
            exposure_gini=0.51,
            largest_identical_group=0.0035,
            owned=Nearness(BIG, 0.42, 0.71, 0.9),
            owned_after_only_bad_reviews=Nearness(BIG, 0.02, 0.16, 0.34),
            durable_owners=BIG,
            durable_owners_with_substitutes=BIG,
            family_duplicates=0,
            outside_price_range=0.27,
            novelty_bits=9.98,
            min_picks=3,
            short_lists=0,
            despite_rules={"price": BIG, "leaf": 2},
            reasons={"bought_together": BIG, "popular_in_category": 3},
            sources={"personalize": BIG, "popularity": 12},
        ),
        quality=QualityFigures(
            picks_a_list=4.9,
            most_frequent_product=0.151,
            fitting_accessories=0.912,
            other_gender=None,
            owned_size=0.5,
            owned_already=0.0,
            goes_with_disliked=0.011,
            impersonal=0.405,
            impersonal_lists=0.127,
        ),
        ranking="does not pay here: 1234 of 12345 next purchases hit with it (1234 by category),"
        " 1234 without (1234): FONDLY_RECOMMENDER_RANKING=off saves $.15 for 1,000 customers",
    )
    draw(own_data_sections(report), screen)


def evaluate_ablation(screen: Console) -> None:
    """A part with modules of its own that is paid for, and a rule."""
    found = Interval(0.036, 0.01, 0.061)
    lost, same = Change(-0.123, -0.151, -0.09, lost=BIG, won=12), Change(0.0, 0.0, 0.0, lost=0, won=0)
    variety = Variety(coverage_products=-0.129, exposure_gini=-0.051, most_frequent_product=0.243)
    ranking = PartFigures(
        part="ranking",
        hits={"exact": lost, "family": lost, "leaf": lost},
        variety=variety,
        cpu_ms=-12.3,
        usd=Decimal("0.154196"),
    )
    rule = ranking.model_copy(
        update={"part": "disappointment", "hits": dict.fromkeys(ranking.hits, same), "usd": 0}
    )
    whole = Whole(
        held_out=BIG,
        lists=BIG,
        ranked=BIG,
        hits=dict.fromkeys(ranking.hits, found),
        variety=Variety(coverage_products=0.705, exposure_gini=0.71, most_frequent_product=0.079),
        cpu_ms=2.345,
    )
    draw(ablation_sections(AblationReport(whole=whole, parts=[ranking, rule])), screen)


def evaluate_reasons(screen: Console) -> None:
    """A run with a false reason."""
    found = FalseReason(
        customer_id="AG3D6O4STAQKAY2UVGEUV46KN35Q",
        product_id="B07JPJJZ2H",
        kind=ReasonKind.BOUGHT_TOGETHER,
        why="4 customers are claimed, 3 link both by different evidence",
    )
    report = ReasonReport(
        run_id="run-0123456789abcdef",
        customers=BIG,
        checked={ReasonKind.BOUGHT_TOGETHER: BIG, ReasonKind.NEW: 12, ReasonKind.LIKED: 12},
        false={ReasonKind.BOUGHT_TOGETHER: 1},
        first_false=[found],
    )
    draw(reason_sections(report), screen)


def evaluate_sentiment(screen: Console) -> None:
    """A large file of four labels."""
    found = Share(BIG, 2 * BIG, 0.9123, 0.9001, 0.9234)
    row = dict.fromkeys(Sentiment, BIG)
    report = SentimentReport(
        engine="understudy, balanced prior",
        rows=2 * BIG,
        accuracy=0.9123,
        label_accuracy=0.9123,
        macro_f1=0.6123,
        macro_f1_labels=tuple(Sentiment),
        expected_calibration_error=0.0312,
        told_liked={Sentiment.POSITIVE: 0.9123, Sentiment.NEGATIVE: 0.9123},
        reviews_per_cpu_second=1367.4,
        too_long=0.9123,
        errors={"INTERNAL_SERVER_ERROR": BIG},
        readable_rows=3 * BIG,
        bad_rows=BIG,
        first_bad_rows=(),
        unmapped_labels={"maybe": BIG, "4.5": BIG},
        confusion=dict.fromkeys(Sentiment, row),
        calibration=Calibration(0.0312, ()),
        intervals=Shares(
            accuracy=found,
            label_accuracy=found,
            told_liked={Sentiment.POSITIVE: found, Sentiment.NEGATIVE: found},
            too_long=found,
        ),
    )
    draw(labelled_sections(report), screen)


def evaluate_challenge(screen: Console) -> None:
    """Kinds, and texts that steer no terminal."""
    case = WrongCase(
        kind="marks", text="9/10 \x1b[31m", expected=Sentiment.POSITIVE, returned=Sentiment.NEGATIVE
    )
    report = ChallengeReport(
        engine="understudy",
        accuracy=0.8,
        right=Share(160, 200, 0.8, 0.739, 0.85),
        kinds={"marks": Share(20, 24, 0.833, 0.642, 0.933), "idioms": Share(32, 32, 1.0, 0.893, 1.0)},
        wrong=(case, case.model_copy(update={"returned": None, "text": "bekar " * 9})),
    )
    draw(challenge_sections(report), screen)


def evaluate_ratings(screen: Console) -> None:
    """Two engines; one has nothing to correlate."""
    nothing = EngineCorrelation(all_products=Correlation(BIG), with_enough_texts=Correlation(0))
    found = Correlation(BIG, 0.2701, -0.2181, 0.3202)
    report = RatingsReport(
        texts=BIG,
        rated_products=BIG,
        engines={
            "understudy, natural prior": EngineCorrelation(all_products=found, with_enough_texts=found),
            "vader": nothing,
        },
    )
    draw(rating_sections(report), screen)


RATE = Rate(count=12_345, of=12_345, rate=0.9512, low=0.9138, high=0.9722)
NONE = Rate(count=0, of=0, rate=0, low=0, high=0)
WORD = Problem(rule="unproved: no source says so of it", found="waterproof", by_judge=True)


def evaluate_copy(screen: Console) -> None:
    """Two suites with long kinds and texts, wrong both ways."""
    both, none = Refusals(code=RATE, both=RATE), Refusals(code=NONE, both=NONE)
    rates, half = Rates(caught=both, refused=both), Rates(caught=both, refused=none)
    lie = Verdict(
        suite="tuning",
        line=1,
        id="tuning-321",
        email="A",
        field="preheader",
        kind="recombination and negation of the product's own words",
        label=Label.LIE,
        text="{1.name} transfers movies to your school, and to every other place that you can think of.",
        refused=False,
        right=False,
        problems=(),
    )
    wronged = {"label": Label.HONEST, "refused": True, "problems": (WORD, WORD)}
    report = CopyReport(
        caught=both,
        refused=both,
        lies={lie.kind: both, "swapped or misread figure slots": both},
        honest={"bullets in free prose": both},
        fields={"preheader": rates, "lines": half},
        suites={"tuning": rates, "test": half},
        cpu_us_per_copy=1234.5,
        unmeasured=BIG,
        bad_lines=(),
        verdicts=(lie, lie.model_copy(update=wronged)),
    )
    draw(suite_sections(report), screen)


def evaluate_answers(screen: Console) -> None:
    """Some fields of template copy: one refused twice, one that was not answered."""
    rates = OutcomeRates(first_pass=RATE, repaired=RATE, fallen_back=RATE)
    wording = JudgedWording(text="{1.name} is waterproof, so take it along to the sea.", problems=(WORD,))
    fallen = JudgedField(
        answer="answer-1",
        email="A",
        field="preheader",
        outcome=Outcome.FALLEN_BACK,
        first=(wording,),
        repair=(wording,),
    )
    missing = fallen.model_copy(update={"first": (), "repair": (), "field": "lines.5"})
    report = AnswerReport(
        answers=BIG,
        unreadable=12,
        all_fields=rates,
        fields={"preheader": rates, "lines": rates},
        emails={"A": rates},
        whole_emails=rates,
        wordings=RATE,
        rules={WORD.rule: BIG},
        cpu_us_per_copy=81.4,
        unmeasured=0,
        bad_lines=(),
        judged=(fallen, missing),
    )
    draw(answer_sections(report), screen)


SHOWN: list[Show] = [
    evaluate_copy,
    evaluate_answers,
    evaluate_sequences,
    evaluate_own_data,
    evaluate_ablation,
    evaluate_reasons,
    evaluate_sentiment,
    evaluate_challenge,
    evaluate_ratings,
]


@pytest.mark.parametrize("show", SHOWN)
def test_table_on_a_terminal_of_80_columns(show: Show) -> None:
    """Tables fit."""
    compare(__file__, f"{show.__name__}-80", on_terminal(show))


@pytest.mark.parametrize("show", SHOWN)
def test_table_in_a_pipe(show: Show, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is wrapped or cut, and no line ends with spaces."""
    compare(__file__, f"{show.__name__}-pipe", in_pipe(show, capsys))


@pytest.mark.parametrize("show", SHOWN)
def test_no_figure_and_no_id_is_broken(show: Show, capsys: pytest.CaptureFixture[str]) -> None:
    """Every word with a digit in a pipe is whole on the terminal."""
    assert_nothing_is_broken(show, capsys)
