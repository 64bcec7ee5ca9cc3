"""The Nu HTML checker's verdict on the HTML: what a standards committee would say."""

import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from fondly.checks.emails.finding import Finding, Result
from fondly.checks.emails.message import Email
from fondly.checks.programs import npm_file, program, run


def nu_html(emails: Sequence[Email]) -> Result:
    """Judge the HTML of all emails in one process; errors and warnings are findings."""
    with TemporaryDirectory() as folder:
        names = {f"{number}.html": email.name for number, email in enumerate(emails)}
        for name, email in zip(names, emails, strict=True):
            Path(folder, name).write_text(email.html, encoding="utf-8")
        jar = str(npm_file("vnu-jar/build/dist/vnu.jar"))
        command = [program("java"), "-jar", jar, "--format", "json", "--exit-zero-always", *names]
        report = run(command, folder=Path(folder))[1]
    return Result("Nu HTML checker", len(emails), read_messages(report, names))


def read_messages(report: str, names: dict[str, str]) -> list[Finding]:
    """Return the checker's messages, each under the email of the file that it is about."""
    return [
        Finding(
            f"{names[message['url'].rpartition('/')[2]]} line {message.get('lastLine', '?')}",
            f"HTML: {message['message']}",
        )
        for message in json.loads(report)["messages"]
    ]
