"""Comprehend's jobs from their start to their end, with what they read and write."""

from __future__ import annotations

import json
import re
import tarfile
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any

from understudy.conform.case import Refused
from understudy.conform.check import Difference, Need, Origin
from understudy.conform.journey import Journey, refusal, same
from understudy.conform.states import COMPREHEND_JOB, FAILED_COMPREHEND_JOB, follow
from understudy.conform.suites.comprehend_jobs import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from understudy.conform.check import Check
    from understudy.conform.states import Followed
    from understudy.conform.world import World

_SERVICE = "comprehend"
_LINES = [
    f"The battery of the {number}th radio is great, but its screen is terrible." for number in range(10)
]
_TOO_LONG = "x" * 11_000
_RUN_USD = 0.02
"""Ten lines of three units, and one that is too long to be read, by any way of counting."""


def comprehend_run_checks() -> Iterator[Check]:
    """Yield the checks of whole jobs, of both kinds."""
    for kind in KINDS:
        yield Journey(
            name=f"a {kind} job reads lines and writes an archive",
            service=_SERVICE,
            steps=partial(_completes, kind),
            origin=Origin.DOCUMENTED,
            cost_usd=_RUN_USD,
            needs=frozenset({Need.STORAGE}),
        )
        yield Journey(
            name=f"a {kind} job without input fails",
            service=_SERVICE,
            steps=partial(_fails, kind),
            needs=frozenset({Need.STORAGE}),
        )


def _completes(kind: str, world: World) -> Iterator[Difference]:
    folder = f"comprehend-{kind}".lower()
    world.put(f"{folder}/in/texts", "\n".join([*_LINES, _TOO_LONG]).encode())
    request = _request(world, folder, ClientRequestToken=world.name(folder)[-64:])
    started = world.call(_SERVICE, f"Start{kind}DetectionJob", request)
    yield from same("state at the start", "SUBMITTED", started["JobStatus"])
    again = world.call(_SERVICE, f"Start{kind}DetectionJob", request)
    yield from same("the job of the same token", started["JobId"], again["JobId"])
    job = _follow(world, kind, started["JobId"])
    yield from job.differences(COMPREHEND_JOB)
    if job.states[-1] == COMPREHEND_JOB[-1]:
        yield from _archive(kind, world, job)
        late = {"JobId": started["JobId"]}
        yield from refusal(
            world, _SERVICE, f"Stop{kind}DetectionJob", late, Refused("InvalidRequestException")
        )


def _fails(kind: str, world: World) -> Iterator[Difference]:
    folder = f"comprehend-none-{kind}".lower()
    started = world.call(_SERVICE, f"Start{kind}DetectionJob", _request(world, folder))
    job = _follow(world, kind, started["JobId"])
    yield from job.differences(FAILED_COMPREHEND_JOB)
    if not re.match(r"[A-Z_]+: \S", job.reason):
        yield Difference("Message", "CODE: sentence", job.reason)


def _request(world: World, folder: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any parameter
    return {
        "JobName": world.name(folder),
        "InputDataConfig": {"S3Uri": world.uri(f"{folder}/in/"), "InputFormat": "ONE_DOC_PER_LINE"},
        "OutputDataConfig": {"S3Uri": world.uri(f"{folder}/out")},
        "DataAccessRoleArn": world.role_arn,
        "LanguageCode": "en",
        **changes,
    }


def _follow(world: World, kind: str, job_id: str) -> Followed:
    def describe() -> dict[str, Any]:
        answer = world.call(_SERVICE, f"Describe{kind}DetectionJob", {"JobId": job_id})
        found: dict[str, Any] = answer[f"{kind}DetectionJobProperties"]
        return found

    return follow(world, describe, "JobStatus")


def _archive(kind: str, world: World, job: Followed) -> Iterator[Difference]:
    uri = job.description["OutputDataConfig"]["S3Uri"]
    folder = f"{job.description['JobId']}/output/output.tar.gz"
    if not uri.startswith(world.uri("")) or not uri.endswith(folder):
        yield Difference("output", f"…/…-{folder}", uri)
    with tarfile.open(fileobj=BytesIO(world.get(uri))) as archive:
        names = archive.getnames()
        yield from same("members of the archive", ["output"], names)
        member = archive.extractfile(names[0]) if names else None
        lines = [json.loads(line) for line in member or ()]
    yield from same("numbers of lines", list(range(11)), sorted(line["Line"] for line in lines))
    yield from same("files", {"texts"}, {line["File"] for line in lines})
    result = {"Sentiment": {"Sentiment", "SentimentScore"}, "TargetedSentiment": {"Entities"}}[kind]
    for line in lines:
        if line["Line"] == len(_LINES):
            yield from same("error of a long line", "DOCUMENT_SIZE_EXCEEDED", line.get("ErrorCode"))
        else:
            yield from same("members of a line", {"File", "Line"} | result, set(line))
