"""Features that mail readers do not show, after caniemail.com: only those of `allowed_features.toml`."""

import json
import tomllib
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path

from fondly.checks.emails.finding import Finding, Result
from fondly.checks.emails.message import Email
from fondly.checks.programs import npm_file, program, run

Feature = tuple[str, str]
"""A mail reader and what it does not show, such as `("gmail.mobile-webmail", "<style> element")`."""


def caniemail(emails: Sequence[Email], *, exact: bool) -> Result:
    """Judge the HTML; with `exact`, a feature that is allowed but that no email uses is a finding too."""
    clients, allowed = allowed_features()
    used = unsupported_features([email.html for email in emails], clients)
    findings = [
        Finding(email.name, f"caniemail: {client} does not show {feature}")
        for email, features in zip(emails, used, strict=True)
        for client, feature in sorted(features - allowed)
    ]
    if exact:
        findings += _unused(allowed - set[Feature]().union(*used))
    return Result("caniemail allow-list", len(emails), findings, figure=f"{len(clients)} mail readers")


def allowed_features() -> tuple[list[str], set[Feature]]:
    """Return the mail readers that are checked, and what each is known not to show."""
    listed = tomllib.loads(files(__package__).joinpath("allowed_features.toml").read_text("utf-8"))
    allowed = {(client, each["feature"]) for each in listed["allowed"] for client in each["clients"]}
    return listed["clients"], allowed


def unsupported_features(documents: Sequence[str], clients: Sequence[str]) -> list[set[Feature]]:
    """Return, for each document, what it uses that a reader does not show."""
    npm_file("caniemail/package.json")
    command = [program("node"), str(Path(__file__).with_suffix(".mjs")), *clients]
    output, _ = run(command, given=json.dumps(documents).encode())
    return [{(client, feature) for client, feature in each} for each in json.loads(output)]


def _unused(features: set[Feature]) -> Iterator[Finding]:
    for client, feature in sorted(features):
        yield Finding("allowed_features.toml", f"caniemail: no email uses {feature}, allowed for {client}")
