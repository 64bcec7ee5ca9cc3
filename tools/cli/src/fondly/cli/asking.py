"""Asks for a shop's settings, one after the other; a bare Enter confirms a suggestion, which says why."""

from collections.abc import Callable, Mapping

import typer

from fondly.cli.output import say
from fondly.operations.shop.file import problem_of
from fondly.operations.shop.guessing import Guess, guess_from_url
from fondly.operations.shop.rendering import read_value

QUESTIONS = {
    "brand.name": "Name of the shop",
    "shop.url": "Address of the shop on the web",
    "brand.from_address": "Sender's email address",
    "brand.postal_address": "Postal address, for the footer",
    "shop.locale": "Locale: language of emails, and the country by whose habits figures are written",
    "shop.currency": "Currency of prices without one",
    "shop.time_zone": "Time zone",
    "shop.consent_not_required": "Why those of unknown consent may be written to; empty if they may not",
    "hosts.links": "Hosts of links",
    "hosts.pictures": "Hosts of pictures",
}
"""What a first file needs; everything else has a default that suits most."""


def ask_for(suggest: Callable[[str], Mapping[str, Guess]]) -> dict[str, object]:
    """Return the answers by key, `shop.currency`; what is left empty is left out. Ctrl-C raises `Abort`.

    `suggest` returns what to suggest by key, given the locale as soon as it is known.
    """
    answers: dict[str, object] = {}
    for key, question in QUESTIONS.items():
        url, locale = (str(answers.get(known, "")) for known in ("shop.url", "shop.locale"))
        suggested = {**guess_from_url(url), **suggest(locale)}
        if answer := _ask(key, question, suggested.get(key)):
            answers[key] = read_value(key, answer)
    return answers


def _ask(key: str, question: str, suggested: Guess | None) -> str:
    """Ask until the answer can be used."""
    value = suggested.value if suggested else ""
    default = ", ".join(value) if isinstance(value, list) else str(value)
    if suggested:
        say(f"  {default}: {suggested.why}")
    shown = question if default else f"{question} (may be empty)"

    def checked(answer: str) -> str:
        if answer and (problem := problem_of(key, read_value(key, answer))):
            raise typer.BadParameter(problem)
        return answer

    return str(
        typer.prompt(shown, default=default, show_default=bool(default), value_proc=checked, err=True)
    ).strip()
