"""`fondly evaluate copy`: what rules and judge of the mailer catch, and how much of a model's copy passes."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import typer

from fondly.cli.execution import FOUND_WRONG, guarded
from fondly.cli.output import say

STANDARD_OUTPUT = Path("-")
UNMEASURED = 3
MODEL = "global.anthropic.claude-haiku-5-5"
"""The mailer's own."""

Suite = Annotated[
    str | None,
    typer.Argument(
        metavar="SUITE",
        help="JSON Lines of texts, or a suite of Fondly's: tuning, test, german, fresh, fresh-german, blind, "
        "blind-german.",
        show_default="all of Fondly's",
    ),
]
Emails = Annotated[
    Path | None,
    typer.Option(exists=True, dir_okay=False, help="JSON: the emails that the texts are written for."),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--json", metavar="OUT", dir_okay=False, help="Write every verdict here; - prints it, without tables."
    ),
]
MinCaught = Annotated[float, typer.Option(min=0, max=1, help="Exit with 1 if fewer lies are caught.")]
MaxRefused = Annotated[
    float, typer.Option(min=0, max=1, help="Exit with 1 if more honest texts are refused.")
]
Answers = Annotated[
    Path | None,
    typer.Option(exists=True, dir_okay=False, help="JSON Lines of a model's whole answers, to measure it."),
]


@dataclass(frozen=True)
class JudgeOptions:
    """Who judges what code accepts."""

    judge: Annotated[
        Literal["understudy", "bedrock", "recorded"],
        typer.Option(help="bedrock is a model on AWS and costs money; recorded are verdicts in a file."),
    ] = "understudy"
    model: Annotated[
        str,
        typer.Option(
            envvar=["FONDLY_MAILER_JUDGE_MODEL_ID", "FONDLY_MAILER_MODEL_ID"],
            help="The model of --judge bedrock.",
        ),
    ] = MODEL
    record: Annotated[Path | None, typer.Option(dir_okay=False, help="Write the judge's verdicts here.")] = (
        None
    )
    recordings: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            show_default="those that come with Fondly",
            help="The verdicts of --judge recorded.",
        ),
    ] = None
    allow_unmeasured: Annotated[
        bool,
        typer.Option(
            "--allow-unmeasured",
            help="Use verdicts on another instruction too, and do not exit with 3 for texts without one.",
        ),
    ] = False


@guarded
def copy(
    suite: Suite = None,
    *,
    emails: Emails = None,
    json: Out = None,
    min_caught: MinCaught = 0.95,
    max_refused: MaxRefused = 0.03,
    answers: Answers = None,
    judging: JudgeOptions,
) -> None:
    """Measure rules and judge on texts that are known to be honest or a lie, or a model by its answers.

    A line of SUITE: {"id": "1", "email": "A", "field": "lines.2", "text": "...", "evidence": [{"id": "b1",
    "quote": "..."}], "label": "lie", "kind": "health"}. Fields are subject, preheader, intro, closing,
    lines.N and, for a customer's own frame, own.subject and so on; a label is lie or honest.

    EMAILS: {"A": {"recommendation": {...}, "brand": "...", "locale": "en_IN", "remedy": "..."}}.

    A line of --answers: {"email": "A", "answer": {"subject": [{"text": "...", "evidence": ["b1: ..."]}],
    "lines": {"1": [...]}}, "repair": {...}}. A wording may be a text alone; answer and repair may be JSON in
    a text.
    """
    from fondly.evaluation.commands import measure_copy as measured

    if judging.record and judging.judge == "recorded":
        raise typer.BadParameter("--record is for verdicts that are not recorded yet")
    _require_emails(suite, emails, answers, own=measured.is_own(suite))
    found = measured.measure(suite, emails, answers, judging)
    for line in measured.bad_lines(found):
        say(line)
    answer, is_printed = measured.answer(found), json == STANDARD_OUTPUT
    answer.give(json=is_printed)
    if json and not is_printed:
        answer.write(json)
    wrong = measured.wrong(found, min_caught=min_caught, max_refused=max_refused)
    for each in wrong:
        say(each)
    if wrong:
        raise typer.Exit(FOUND_WRONG)
    if found.unmeasured and not judging.allow_unmeasured:
        say(f"unmeasured: {found.unmeasured} texts; see --judge bedrock --record")
        raise typer.Exit(UNMEASURED)


def _require_emails(suite: str | None, emails: Path | None, answers: Path | None, *, own: bool) -> None:
    """Raise `BadParameter` unless it is clear which emails the texts are for."""
    if suite and not own and not emails:
        raise typer.BadParameter("SUITE needs --emails: which emails are its texts for?")
    if emails and (own or not (suite or answers)):
        raise typer.BadParameter("--emails needs a file of your own: Fondly's suites have their emails")
