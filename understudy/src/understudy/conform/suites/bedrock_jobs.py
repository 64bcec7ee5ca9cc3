"""Bedrock's batch inference: requests that are refused, and a job from its start to its end."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from understudy.conform.case import Refused
from understudy.conform.check import Difference, Need, Origin
from understudy.conform.journey import Journey, refusal, same
from understudy.conform.states import BATCH_INFERENCE, FAILED_BATCH_INFERENCE, follow
from understudy.conform.suites.cases import BAD_VALUE, Cases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from understudy.conform.case import Asked
    from understudy.conform.check import Check
    from understudy.conform.states import Followed
    from understudy.conform.world import World

_SERVICE = "bedrock"
_CASES = Cases(_SERVICE)
_RECORDS = 100
_JOB_USD = 0.05
"""A hundred answers of at most 20 tokens, by any of Claude's models."""
_ID = "0a1b2c3d4e5f"


def bedrock_job_checks() -> Iterator[Check]:
    """Yield the checks of calls about jobs, and of whole jobs."""
    yield from _lookups()
    yield from _requests()
    yield Journey(
        name="a job answers its records and writes a manifest",
        service=_SERVICE,
        steps=_completes,
        origin=Origin.DOCUMENTED,
        cost_usd=_JOB_USD,
        needs=frozenset({Need.STORAGE}),
    )
    for what, lines in {
        "too few records": [_record("r0")],
        "a line that is no record": ["no record"] * _RECORDS,
    }.items():
        yield Journey(
            name=f"a job with {what} fails, and says why",
            service=_SERVICE,
            steps=partial(_fails, what.replace(" ", "-"), lines),
            origin=Origin.DOCUMENTED,
            needs=frozenset({Need.STORAGE}),
        )


def _job_arn(world: World) -> str:
    target = world.target
    return f"arn:aws:bedrock:{target.region}:{target.account_id}:model-invocation-job/{_ID}"


def _lookups() -> Iterator[Check]:
    for verb in ("Get", "Stop"):
        yield _CASES.refused(
            f"{verb}ModelInvocationJob knows no job that there is not",
            f"{verb}ModelInvocationJob",
            lambda world: {"jobIdentifier": _job_arn(world)},
            "ResourceNotFoundException",
            status=404,
        )
        yield _CASES.refused(
            f"{verb}ModelInvocationJob refuses what is no id",
            f"{verb}ModelInvocationJob",
            {"jobIdentifier": "No Id"},
            "ValidationException",
            BAD_VALUE,
        )
    yield _CASES.refused(
        "ListTagsForResource knows no job that there is not",
        "ListTagsForResource",
        lambda world: {"resourceARN": _job_arn(world)},
        "ResourceNotFoundException",
        status=404,
    )
    listing = "ListModelInvocationJobs"
    yield _CASES.answered(f"{listing} answers with a list", listing, {"maxResults": 1})
    refused: dict[str, dict[str, Any]] = {
        "more than 1,000 at once": {"maxResults": 1_001},
        "a state that there is not": {"statusEquals": "Happy"},
        "a name with a space": {"nameContains": "a b"},
        "an order that there is not": {"sortBy": "Colour"},
    }
    for what, asked in refused.items():
        yield _CASES.refused(f"{listing} refuses {what}", listing, asked, "ValidationException", BAD_VALUE)
    yield _CASES.refused(
        f"{listing} refuses a token that it has not given",
        listing,
        {"nextToken": "none"},
        "ValidationException",
        origin=Origin.RECALLED,
    )


def _requests() -> Iterator[Check]:
    operation = "CreateModelInvocationJob"
    wrong_source = {"s3InputDataConfig": {"s3Uri": "file:///tmp/a.jsonl"}}
    table: dict[str, dict[str, Any]] = {
        "a name with a space": {"jobName": "one two"},
        "a name of 64 characters": {"jobName": "x" * 64},
        "a timeout of less than a day": {"timeoutDurationInHours": 23},
        "a timeout of more than a week": {"timeoutDurationInHours": 169},
        "a role that is no ARN": {"roleArn": "nobody"},
        "an input that is no S3 URI": {"inputDataConfig": wrong_source},
        "a form that there is not": {"modelInvocationType": "Whistle"},
    }
    for what, changes in table.items():
        yield _CASES.refused(
            f"{operation} refuses {what}", operation, _request(**changes), "ValidationException", BAD_VALUE
        )
    yield _CASES.refused(
        f"{operation} refuses a model that there is not",
        operation,
        _request(modelId="anthropic.claude-0-none-20200101-v1:0"),
        "ValidationException",
        "model identifier is invalid",
        origin=Origin.RECALLED,
    )


def _request(**changes: Any) -> Asked:  # noqa: ANN401 - any parameter
    return lambda world: _job(world, "none", **changes)


def _job(world: World, folder: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any parameter
    return {
        "jobName": world.name(folder),
        "roleArn": world.role_arn,
        "modelId": world.target.model_id,
        "inputDataConfig": {"s3InputDataConfig": {"s3Uri": world.uri(f"{folder}/in.jsonl")}},
        "outputDataConfig": {"s3OutputDataConfig": {"s3Uri": world.uri(f"{folder}/out/")}},
        **changes,
    }


def _record(record_id: str, **changes: Any) -> str:  # noqa: ANN401 - any member
    body = {
        "anthropic_version": "bedrock-2023-05-31",
        "max_tokens": 20,
        "messages": [{"role": "user", "content": f"Say {record_id}."}],
        **changes,
    }
    return json.dumps({"recordId": record_id, "modelInput": body})


def _completes(world: World) -> Iterator[Difference]:
    lines = [_record(f"r{number}") for number in range(_RECORDS)]
    lines[0] = _record("r0", model="extraneous")
    world.put("bedrock/in.jsonl", "\n".join(lines).encode())
    request = _job(world, "bedrock", clientRequestToken=world.name("bedrock"))
    arn = world.call(_SERVICE, "CreateModelInvocationJob", request)["jobArn"]
    again = world.call(_SERVICE, "CreateModelInvocationJob", request)["jobArn"]
    yield from same("the job of the same token", arn, again)
    job = _follow(world, arn)
    yield from job.differences(BATCH_INFERENCE)
    if job.states[-1] == BATCH_INFERENCE[-1]:
        yield from _output(world, arn.rpartition("/")[2], lines)
        late = {"jobIdentifier": arn}
        yield from refusal(world, _SERVICE, "StopModelInvocationJob", late, Refused("ConflictException"))


def _fails(folder: str, lines: list[str], world: World) -> Iterator[Difference]:
    world.put(f"{folder}/in.jsonl", "\n".join(lines).encode())
    arn = world.call(_SERVICE, "CreateModelInvocationJob", _job(world, folder))["jobArn"]
    job = _follow(world, arn)
    yield from job.differences(FAILED_BATCH_INFERENCE)
    if not job.reason:
        yield Difference("message", "why it failed", "none")


def _follow(world: World, arn: str) -> Followed:
    return follow(
        world, lambda: world.call(_SERVICE, "GetModelInvocationJob", {"jobIdentifier": arn}), "status"
    )


def _output(world: World, job_id: str, lines: list[str]) -> Iterator[Difference]:
    folder = f"bedrock/out/{job_id}/"
    yield from same("files", ["in.jsonl.out", "manifest.json.out"], sorted(world.keys(folder)))
    manifest = json.loads(world.get(world.uri(f"{folder}manifest.json.out")))
    counts = {name: manifest.get(f"{name}RecordCount") for name in ("total", "processed", "success", "error")}
    expected = {"total": len(lines), "processed": len(lines), "success": len(lines) - 1, "error": 1}
    yield from same("manifest", expected, counts)
    written = world.get(world.uri(f"{folder}in.jsonl.out")).decode().splitlines()
    results = {line["recordId"]: line for line in map(json.loads, written)}
    yield from same("records", {f"r{number}" for number in range(len(lines))}, set(results))
    yield from same("an answer", {"recordId", "modelInput", "modelOutput"}, set(results.get("r1", ())))
    yield from same("a refused record", {"recordId", "modelInput", "error"}, set(results.get("r0", ())))
    yield from same("its code", 400, results.get("r0", {}).get("error", {}).get("errorCode"))
