"""Asks for a shop's settings, one after the other; a bare Enter takes what is suggested."""

from collections.abc import Callable, Mapping

import typer
from pydantic import ValidationError

from fondly.mailer.domain.message.toml_file import problems_of
from fondly.operations.shop.file import EXPECTED, ShopFile
from fondly.operations.shop.rendering import SETTINGS, hosts_of

QUESTIONS = {
    "brand.name": "Name of the shop",
    "shop.url": "Address of the shop on the web",
    "brand.from_address": "Sender's email address",
    "brand.postal_address": "Postal address, for the footer",
    "shop.locale": "Locale: language of emails, and how figures are written",
    "shop.currency": "Currency of prices without one",
    "shop.time_zone": "Time zone",
    "shop.picks": "Products in an email",
    "hosts.links": "Hosts of links",
    "hosts.pictures": "Hosts of pictures",
}
"""What a first file needs; everything else has a default that suits most."""
READ = {setting.key: setting.read for setting in SETTINGS}


def ask_for(suggest: Callable[[str], Mapping[str, object]]) -> dict[str, object]:
    """Return the answers by key, `shop.currency`; what is left empty is left out. Ctrl-C raises `Abort`.

    `suggest` returns what to suggest by key, given the locale as soon as it is known.
    """
    answers: dict[str, object] = {}
    for key, question in QUESTIONS.items():
        url, locale = (str(answers.get(known, "")) for known in ("shop.url", "shop.locale"))
        suggested = {**_from_url(url), **suggest(locale)}
        if answer := _ask(key, question, suggested.get(key)):
            answers[key] = _value(key, answer)
    return answers


def _from_url(url: str) -> Mapping[str, object]:
    if not url:
        return {}
    hosts = list(hosts_of(url))
    return {"brand.from_address": f"hello@{hosts[0]}", "hosts.links": hosts}


def _ask(key: str, question: str, suggested: object) -> str:
    """Ask until the answer can be used."""
    default = ", ".join(suggested) if isinstance(suggested, list) else str(suggested or "")
    shown = question if default else f"{question} (may be empty)"

    def checked(answer: str) -> str:
        if answer and (problem := problem_of(key, _value(key, answer))):
            raise typer.BadParameter(problem)
        return answer

    return str(
        typer.prompt(shown, default=default, show_default=bool(default), value_proc=checked, err=True)
    ).strip()


def _value(key: str, answer: str) -> object:
    try:
        return READ.get(key, str)(answer.strip())
    except ValueError:
        return answer


def problem_of(key: str, value: object) -> str:
    """Return what is wrong with a key's value, `found …, expected …`; empty if nothing is."""
    section, _, name = key.partition(".")
    try:
        ShopFile.model_validate({section: {name: value}})
    except ValidationError as error:
        return next(problem for _, problem in problems_of(error, ShopFile, EXPECTED))
    return ""
