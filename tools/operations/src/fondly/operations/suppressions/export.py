"""Writes all suppressions as CSV, which `fondly suppress import` reads back as they were."""

import csv
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from fondly.contracts.consent import SubjectKind, Suppression
from fondly.operations.suppressions.columns import OWN
from fondly.runtime.consent import DynamoDBConsent

OWNERS_ONLY = 0o600


async def export(consent: DynamoDBConsent, file: TextIO) -> int:
    """Write a line for each suppression, in no order; return how many there are."""
    written = csv.writer(file, lineterminator="\n")
    written.writerow(OWN)
    number = 0
    async for each in consent.all():
        written.writerow(_row(each))
        number += 1
    return number


@contextmanager
def opened(path: Path) -> Iterator[TextIO]:
    """Open a file that only its owner may read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNERS_ONLY)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
        yield file


def _row(each: Suppression) -> list[str]:
    subject = each.subject or ""
    is_address = each.kind is SubjectKind.ADDRESS
    whom = [subject, ""] if is_address else ["", subject]
    return [*whom, each.reason, each.source, each.at.isoformat(), each.entry]
