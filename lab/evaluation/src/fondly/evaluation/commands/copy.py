"""`fondly evaluate copy`: what the gate in front of the model catches, and how much of its copy passes."""

from pathlib import Path
from typing import Annotated

import typer

from fondly.cli.execution import FOUND_WRONG, guarded

Suite = Annotated[
    str | None,
    typer.Argument(
        metavar="SUITE",
        help="JSON Lines of texts, or one of the suites that come with Fondly: tuning, test, german.",
        show_default="tuning and test",
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


@guarded
def copy(
    suite: Suite = None,
    *,
    emails: Emails = None,
    json: Out = None,
    min_caught: MinCaught = 0.95,
    max_refused: MaxRefused = 0.03,
    answers: Answers = None,
) -> None:
    """Measure the gate on texts that are known to be honest or a lie, or a model by its answers.

    A line of SUITE: {"id": "1", "email": "A", "field": "lines.2", "text": "...", "label": "lie", "kind":
    "health"}. Fields are subject, preheader, greeting, intro, lines.N and closing; a label is lie or honest.

    EMAILS: {"A": {"recommendation": {...}, "brand": "...", "locale": "en_IN", "features": {"PRODUCT_ID":
    ["..."]}}}. Without features, six slots of each product count as known.

    A line of --answers: {"email": "A", "answer": {"subject": "...", "lines": {"1": ["...", "..."]}},
    "repair": {...}}. A field is a text or a list of wordings; answer and repair may be JSON in a text.
    """
    from fondly.cli.output import say
    from fondly.evaluation.commands import measure_copy as measured

    _require_emails(suite, emails, answers, own=measured.is_own(suite))
    found = measured.measure(suite, emails, answers)
    measured.show(found, json)
    wrong = measured.wrong(found, min_caught=min_caught, max_refused=max_refused)
    for each in wrong:
        say(each)
    if wrong:
        raise typer.Exit(FOUND_WRONG)


def _require_emails(suite: str | None, emails: Path | None, answers: Path | None, *, own: bool) -> None:
    """Raise `BadParameter` unless it is clear which emails the texts are for."""
    if suite and not own and not emails:
        raise typer.BadParameter("SUITE needs --emails: which emails are its texts for?")
    if emails and (own or not (suite or answers)):
        raise typer.BadParameter("--emails needs a file of your own: Fondly's suites have their emails")
