"""SpamAssassin's score, offline.

A message that it must call spam goes first: without its rules the filter would score everything 0.0.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from fondly.checks.emails.finding import Finding, Result
from fondly.checks.emails.message import Email
from fondly.checks.programs import ToolError, program, run

MAX_SCORE = 0.0
SPAM_SCORE = 5.0
GTUBE = b"Subject: test\r\n\r\nXJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X\r\n"
"""What every spam filter must recognise, from SpamAssassin's documentation."""
_STATUS = re.compile(
    r"^X-Spam-Status: \w+, score=(-?[\d.]+) required=[\d.]+ tests=([\w,\s]*?) autolearn", re.MULTILINE
)


def spamassassin(emails: Sequence[Email]) -> Result:
    """Judge the emails by `spamassassin -L -t`, whose report names the rules that matched."""
    scores = read_scores(_report([GTUBE, *(email.raw for email in emails)]))
    if len(scores) != len(emails) + 1 or scores[0][0] < SPAM_SCORE:
        raise ToolError("spamassassin did not recognise the test message as spam: are its rules installed?")
    findings = [
        Finding(email.name, f"SpamAssassin: {score} ({rules})")
        for email, (score, rules) in zip(emails, scores[1:], strict=True)
        if score > MAX_SCORE
    ]
    highest = max((score for score, _ in scores[1:]), default=0.0)
    return Result("SpamAssassin -L -t", len(emails), findings, figure=f"highest score {highest}")


def read_scores(report: str) -> list[tuple[float, str]]:
    """Return each message's score and the names of the rules that matched, in the order of the report."""
    return [(float(score), ", ".join(re.split(r"[,\s]+", rules))) for score, rules in _STATUS.findall(report)]


def _report(messages: Sequence[bytes]) -> str:
    with TemporaryDirectory() as folder:
        paths = [Path(folder, f"{number}.eml") for number in range(len(messages))]
        for path, message in zip(paths, messages, strict=True):
            path.write_bytes(message)
        command = [program("spamassassin"), "--local", "--test-mode", "--nocreate-prefs", *map(str, paths)]
        return run(command)[0]
