"""A check and its result."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from botocore.exceptions import BotoCoreError, ClientError

UNKNOWN_OPERATION = frozenset(
    {"InvalidAction", "NotImplemented", "UnknownOperation", "UnknownOperationException"}
)
NOT_IMPLEMENTED = 501
MAX_DETAIL_CHARS = 200


class Outcome(StrEnum):
    """The outcome of a check."""

    OK = "ok"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Finding:
    """An outcome and its grounds."""

    outcome: Outcome
    detail: str = ""


@dataclass(frozen=True)
class Check:
    """A question to the account, and what to do if it fails."""

    name: str
    remedy: str
    probe: Callable[[], Finding]


@dataclass(frozen=True)
class Result:
    """A finding and the name of its check; `remedy` is empty unless it failed."""

    check: str
    outcome: Outcome
    detail: str
    remedy: str


def passed(detail: str = "") -> Finding:
    """The check passed."""
    return Finding(Outcome.OK, detail)


def skipped(reason: str) -> Finding:
    """There is nothing to check."""
    return Finding(Outcome.SKIPPED, reason)


def judged(problems: Sequence[str], detail: str = "") -> Finding:
    """A failure that names every problem; if there is none, a pass with this detail."""
    return Finding(Outcome.FAILED, "; ".join(problems)) if problems else passed(detail)


def run(check: Check, *, on_aws: bool) -> Result:
    """Run a check; an AWS error is a failure, unless it says that an emulator lacks the operation."""
    try:
        finding = check.probe()
    except ClientError as error:
        finding = _finding_of(error, on_aws=on_aws)
    except BotoCoreError as error:
        finding = judged([str(error)[:MAX_DETAIL_CHARS]])
    remedy = check.remedy if finding.outcome is Outcome.FAILED else ""
    return Result(check.name, finding.outcome, finding.detail, remedy)


def _finding_of(error: ClientError, *, on_aws: bool) -> Finding:
    facts = error.response.get("Error", {})
    code = facts.get("Code", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    if not on_aws and (status == NOT_IMPLEMENTED or code in UNKNOWN_OPERATION):
        return skipped("emulator")
    return judged([f"{code}: {facts.get('Message', '')}"[:MAX_DETAIL_CHARS]])
