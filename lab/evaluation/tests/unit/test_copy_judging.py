"""The mailer's rules and understudy's judge on Fondly's own suites, and who else may judge."""

import asyncio
import json
from pathlib import Path

import pytest

from fondly.evaluation.copy.emails import read_emails
from fondly.evaluation.copy.judges import answered, understudy
from fondly.evaluation.copy.judging import Text, problems
from fondly.evaluation.copy.questions import question_of
from fondly.evaluation.copy.report import CopyReport, evaluate_suite
from fondly.evaluation.copy.suite import own_emails, read_own_suites
from fondly.evaluation.errors import EvaluationError
from fondly.mailer.domain.copy.prompt import Prompt, Task
from fondly.mailer.domain.copy.wording import Evidence, Wording
from fondly.mailer.ports import ModelReply
from fondly.runtime.quota.turns import Lock
from lab.evaluation.tests.copy_cases import emails, judge, unknowing, write_emails

MIN_CAUGHT_PER_KIND = 0.8
COMBINED = "recombination and negation of the product's own words"
"""What a judge that knows words alone catches least."""
MIN_CAUGHT = {"tuning": 0.95, "test": 0.87, "german": 0.9, "blind": 0.59, "blind-german": 0.64}
MAX_REFUSED = {"tuning": 0.13, "test": 0.21, "german": 0.1, "blind": 0.39, "blind-german": 0.61}
EMAILS = own_emails()


@pytest.fixture(scope="module")
def reports() -> dict[str, CopyReport]:
    """The report on each suite with a floor."""
    return {name: evaluate_suite(read_own_suites(EMAILS, [name]), understudy) for name in MIN_CAUGHT}


@pytest.mark.parametrize(("name", "least"), MIN_CAUGHT.items())
def test_rules_and_judge_catch_lies(reports: dict[str, CopyReport], name: str, least: float) -> None:
    """The floors of blind suites and `test` are the lower ends of 95 % intervals when they were set."""
    assert reports[name].caught.both.rate >= least


@pytest.mark.parametrize(("name", "most"), MAX_REFUSED.items())
def test_rules_and_judge_take_honest_copy(reports: dict[str, CopyReport], name: str, most: float) -> None:
    """The ceilings of blind suites and `test` are the upper ends of 95 % intervals when they were set."""
    assert reports[name].refused.both.rate <= most


def test_most_of_every_kind_of_lie_is_caught(reports: dict[str, CopyReport]) -> None:
    """Where it is tuned."""
    rates = {kind: found.both.rate for kind, found in reports["tuning"].lies.items() if kind != COMBINED}
    assert {kind: rate for kind, rate in rates.items() if rate < MIN_CAUGHT_PER_KIND} == {}


def test_a_language_without_rules_is_one_line(tmp_path: Path) -> None:
    """Not a traceback."""
    with pytest.raises(EvaluationError, match="email A: locale 'xx_XX': no language 'xx'"):
        read_emails(write_emails(tmp_path, locale="xx_XX"))


def test_the_judge_is_not_asked_of_what_code_refuses(tmp_path: Path) -> None:
    """As in the mailer; what it would be asked of is known to be not measured."""
    email = emails(tmp_path)["A"]
    texts = [
        Text(email, "lines.2", Wording(text)) for text in ("{1.name} at www.example.com", "A lamp for you.")
    ]
    (refused, unknown), _ = problems(texts, unknowing)
    assert refused
    assert not any(each.by_judge for each in refused)
    assert unknown is None


def test_evidence_is_checked_by_code(tmp_path: Path) -> None:
    """What is cited and does not stand in the facts is refused."""
    cited = Wording("A lamp for you.", (Evidence("name", "lamp"), Evidence("b7", "a lamp")))
    ((refused,), _) = problems([Text(emails(tmp_path)["A"], "lines.1", cited)], judge)
    assert refused
    assert [each.found for each in refused] == ["a lamp"]


@pytest.mark.parametrize(
    ("email", "field", "text", "task"),
    [
        ("FA", "lines.2", "Read on.", Task.PRODUCT),
        ("FA", "subject", "Read on", Task.PRODUCT),
        ("FA", "intro", "Read on.", Task.FRAME),
        ("FA", "own.intro", "Read on.", Task.OWN),
        ("FD", "subject", "Sorry", Task.FRAME),
    ],
)
def test_a_text_is_an_answer_to_the_question_of_its_field(
    email: str, field: str, text: str, task: Task
) -> None:
    """Headlines are a product's, but of an apology they are the frame's."""
    question = question_of(field, text, EMAILS[email])
    assert question
    assert question.prompt.task is task


def test_a_headline_is_about_the_product_that_it_names() -> None:
    """By its first slot; a line by its number."""
    for field, text in (("subject", "{2.name}: light for one page"), ("lines.2", "Light for one page.")):
        question = question_of(field, text, EMAILS["FA"])
        assert question
        assert question.ground.sources["name"].startswith("Wickstead")


class RefusingModel:
    """A model that answers as the made-up judge does, but not the calls that its guardrail stops."""

    def __init__(self) -> None:
        self.calls = 0

    async def ask(self, prompt: Prompt, *, lock: Lock | None = None) -> ModelReply:  # noqa: ARG002 - the port's
        """Answer every question of a call, or none."""
        self.calls += 1
        questions = json.loads(prompt.text.removeprefix("<facts>").removesuffix("</facts>"))["questions"]
        texts = {str(each["n"]): each["texts"] for each in questions}
        if any("stop" in each["text"] for given in texts.values() for each in given):
            return ModelReply(refusal="guardrail")
        refused = {
            n: {"refused": [{"id": 1, "span": "free", "why": "offer"}] if "free" in given[0]["text"] else []}
            for n, given in texts.items()
        }
        return ModelReply(text=json.dumps({"questions": refused}))


@pytest.mark.usefixtures("lenient_code")
def test_a_model_is_asked_several_questions_at_once(tmp_path: Path) -> None:
    """Each text has its own verdict; without an answer none is accepted, as in the mailer."""
    email, model = emails(tmp_path)["A"], RefusingModel()
    texts = [Text(email, "lines.1", Wording(f"{word} {n}")) for n in range(6) for word in ("free", "warm")]
    found, _ = problems(texts, lambda prompts: asyncio.run(answered(model, prompts)))
    assert [bool(each) for each in found] == [True, False] * 6
    assert 1 < model.calls < len(texts)
    ((stopped,), _) = problems(
        [Text(email, "lines.1", Wording("stop"))], lambda p: asyncio.run(answered(model, p))
    )
    assert [each.rule for each in stopped or ()] == ["not judged"]
