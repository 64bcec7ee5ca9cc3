"""Verdicts on a suite, and the rates that follow from them."""

from pathlib import Path

import pytest

from fondly.evaluation.copy.judging import Problem
from fondly.evaluation.copy.report import CopyReport, evaluate_suite, shortfalls
from fondly.evaluation.copy.suite import read_suite
from lab.evaluation.tests.copy_cases import emails, judge, line, unknowing, write_lines

pytestmark = pytest.mark.usefixtures("lenient_code")


@pytest.fixture
def report(tmp_path: Path) -> CopyReport:
    """Two of three lies caught, one of two honest texts refused."""
    path = write_lines(
        tmp_path,
        [
            line("a free lamp, free!", id="l1"),
            line("free today", id="l2", field="lines.2"),
            line("heals", id="l3", field="subject", kind="health"),
            line("free of lead", "honest", id="h1", kind="prose"),
            line("warm", "honest", id="h2", kind="prose", field="subject"),
            line("bad", "maybe"),
        ],
    )
    return evaluate_suite(read_suite(path, emails(tmp_path)), judge)


def test_rates_count_refusals_by_label_kind_and_field(report: CopyReport) -> None:
    """A lie is right to be refused, an honest text is not; all lines count as one field."""
    assert (report.caught.both.count, report.caught.both.of) == (2, 3)
    assert (report.refused.both.count, report.refused.both.of) == (1, 2)
    assert {kind: (found.both.count, found.both.of) for kind, found in report.lies.items()} == {
        "health": (0, 1),
        "offers": (2, 2),
    }
    assert {kind: (found.both.count, found.both.of) for kind, found in report.honest.items()} == {
        "prose": (1, 2)
    }
    lines = report.fields["lines"]
    assert report.fields.keys() == {"subject", "lines"}
    assert (lines.caught.both.count, lines.refused.both.count) == (2, 1)
    assert lines.caught.code.count == 0
    assert report.suites["lines.jsonl"].caught == report.caught


def test_rates_have_their_wilson_interval(report: CopyReport) -> None:
    """Wilson's formula for 2 of 3 at 95 %: 0.2077 to 0.9385."""
    assert report.caught.both.low == pytest.approx(0.2077, abs=1e-4)
    assert report.caught.both.high == pytest.approx(0.9385, abs=1e-4)


def test_every_verdict_has_its_rules_and_words(report: CopyReport) -> None:
    """In the order of the file, right or wrong."""
    first = report.verdicts[0]
    assert (first.line, first.id, first.refused, first.right) == (1, "l1", True, True)
    assert first.problems == (Problem(rule="unproved: offer", found="free", by_judge=True),)
    assert [each.id for each in report.missed] == ["l3"]
    assert [each.id for each in report.wronged] == ["h1"]
    assert report.cpu_us_per_copy >= 0


def test_bad_lines_stay_in_the_report(report: CopyReport) -> None:
    """What was not judged must not look as if it had passed."""
    assert len(report.bad_lines) == 1
    assert "lines.jsonl:6: label: found 'maybe'" in report.bad_lines[0]


def test_a_floor_that_is_not_reached_is_named(report: CopyReport) -> None:
    """With what was found and expected; a floor that is just reached is not."""
    assert shortfalls(report, min_caught=2 / 3, max_refused=0.5) == []
    assert shortfalls(report, min_caught=0.95, max_refused=0.03) == [
        "lies caught: 0.6667, expected at least 0.95",
        "honest texts refused: 0.5000, expected at most 0.03",
    ]


def test_a_suite_without_lies_has_no_floor_for_them(tmp_path: Path) -> None:
    """Half a suite can be measured."""
    path = write_lines(tmp_path, [line("warm", "honest")])
    report = evaluate_suite(read_suite(path, emails(tmp_path)), judge)
    assert shortfalls(report, min_caught=0.95, max_refused=0.03) == []
    assert report.lies == {}


def test_a_text_without_a_verdict_of_the_judge_is_not_counted(tmp_path: Path) -> None:
    """Else it would look as if it had passed."""
    report = evaluate_suite(read_suite(write_lines(tmp_path, [line("free")]), emails(tmp_path)), unknowing)
    assert (report.unmeasured, report.verdicts, report.caught.both.of) == (1, (), 0)
