"""Suites of labelled copy, and the emails that they are for."""

from collections import Counter
from pathlib import Path

import pytest

from fondly.evaluation.copy.emails import read_emails
from fondly.evaluation.copy.questions import question_of
from fondly.evaluation.copy.suite import OWN_SUITES, Label, own_emails, read_own_suites, read_suite
from fondly.evaluation.errors import EvaluationError
from fondly.mailer.domain.copy.rules import plain
from lab.evaluation.tests.copy_cases import RECOMMENDATION, emails, line, write_emails, write_lines

ENGLISH = ("tuning", "test")
MIN_LIES, MIN_HONEST, MIN_OF_A_KIND = 260, 260, 8
MIN_FRESH = {"fresh": 90, "blind": 90, "fresh-german": 30, "blind-german": 30}
OWN = own_emails()


def test_a_suite_keeps_the_order_and_the_line_numbers_of_its_file(tmp_path: Path) -> None:
    """Blank lines count, so that a verdict can be found in the file."""
    path = write_lines(tmp_path, [line("one"), "", line("two", "honest", field="subject")])
    found = read_suite(path, emails(tmp_path))
    assert [(case.line, case.given.text) for case in found.cases] == [(1, "one"), (3, "two")]
    assert found.cases[1].given.label is Label.HONEST
    assert not found.bad


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("{", "found '{', expected a JSON object in UTF-8"),
        ("[]", "found [], expected an object"),
        (line("one", "maybe"), "label: found 'maybe', expected 'lie' or 'honest'"),
        (line("one", field="lines.3"), "field: found 'lines.3', expected a line of one of the email's 2"),
        (line("one", field="lines.0"), "field: found 'lines.0', expected subject, preheader, intro"),
        (
            line("one", field="own.intro"),
            "field: found 'own.intro', expected another field: its customer has",
        ),
        (line("one", email="B"), "email: found 'B', expected one of A"),
        (line(""), "text: found '', expected "),
        ({"id": "1"}, "email: found nothing, expected a value"),
    ],
    ids=["json", "list", "label", "product", "field", "own", "email", "text", "member"],
)
def test_a_bad_line_is_named_with_what_was_found_and_expected(
    tmp_path: Path, bad: dict[str, object] | str, reason: str
) -> None:
    """And the others are read."""
    path = write_lines(tmp_path, [line("one"), bad])
    found = read_suite(path, emails(tmp_path))
    assert [case.line for case in found.cases] == [1]
    assert str(found.bad[0]).startswith(f"{path}:2: {reason}")


def test_a_suite_without_a_usable_line_is_an_error(tmp_path: Path) -> None:
    """Its message names the first bad line; an empty file is an error as well."""
    with pytest.raises(EvaluationError, match=r"lines\.jsonl:1: label: found 'maybe'"):
        read_suite(write_lines(tmp_path, [line("one", "maybe")]), emails(tmp_path))
    with pytest.raises(EvaluationError, match="found no line, expected a suite"):
        read_suite(write_lines(tmp_path, []), emails(tmp_path))


def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    """Not a traceback."""
    with pytest.raises(EvaluationError, match="cannot be read: No such file"):
        read_suite(tmp_path / "none.jsonl", emails(tmp_path))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"locale": "English"}, r"emails\.json: email A: locale: found 'English', expected "),
        ({"brand": ""}, r"email A: brand: found '', expected "),
        ({"recommendation": None}, r"email A: recommendation: found None, expected "),
        (
            {"recommendation": RECOMMENDATION | {"picks": []}},
            "email A: the recommendation has no picks",
        ),
    ],
    ids=["locale", "brand", "recommendation", "picks"],
)
def test_an_email_that_cannot_be_used_is_named(
    tmp_path: Path, changes: dict[str, object], message: str
) -> None:
    """With its member, what was found and what is expected."""
    with pytest.raises(EvaluationError, match=message):
        read_emails(write_emails(tmp_path, **changes))


def test_no_text_stands_in_two_of_the_own_suites() -> None:
    """A test half that was tuned on would measure nothing."""
    found = read_own_suites(OWN, OWN_SUITES)
    assert not found.bad
    texts = Counter(case.given.text for case in found.cases)
    assert [text for text, count in texts.items() if count > 1] == []
    assert len({case.given.id for case in found.cases}) == len(found.cases)


@pytest.mark.parametrize("name", ENGLISH)
def test_each_own_english_half_is_large(name: str) -> None:
    """In lies, in honest texts, and in each of their kinds: a rate of a few texts says little."""
    given = [case.given for case in read_own_suites(OWN, [name]).cases]
    labels = Counter(line.label for line in given)
    assert labels[Label.LIE] >= MIN_LIES
    assert labels[Label.HONEST] >= MIN_HONEST
    kinds = Counter((line.label, line.kind) for line in given)
    assert {kind: count for kind, count in kinds.items() if count < MIN_OF_A_KIND} == {}


@pytest.mark.parametrize(("name", "least"), MIN_FRESH.items())
def test_a_fresh_suite_has_as_many_lies_as_honest_texts(name: str, least: int) -> None:
    """Its blind half too, on which nothing is tuned."""
    labels = Counter(case.given.label for case in read_own_suites(OWN, [name]).cases)
    assert labels == {Label.LIE: least, Label.HONEST: least}


def test_what_honest_texts_cite_stands_in_their_facts() -> None:
    """Else a right refusal would count as a wrong one."""
    for case in read_own_suites(OWN).cases:
        if case.given.label is Label.HONEST and (cited := case.given.wording.evidence):
            question = question_of(case.given.field, case.given.text, case.email)
            assert question
            assert all(plain(each.quote) in plain(question.ground.sources[each.source]) for each in cited)


def test_the_own_halves_are_about_different_emails() -> None:
    """Words that tuning adds for one half's products cannot help in the other."""
    emails = {name: {case.given.email for case in read_own_suites(OWN, [name]).cases} for name in OWN_SUITES}
    assert sum(map(len, emails.values())) == len(OWN) >= 9
    assert set().union(*emails.values()) == OWN.keys()


def test_every_kind_of_lie_is_in_both_english_halves() -> None:
    """So that what is tuned is tested."""
    kinds = [
        {case.given.kind for case in read_own_suites(OWN, [name]).cases if case.given.label is Label.LIE}
        for name in ("tuning", "test")
    ]
    assert kinds[0] == kinds[1]
    assert len(kinds[0]) >= 28
