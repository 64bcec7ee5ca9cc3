"""The results of Bedrock's batch inference jobs, with real AWS SDK clients and an S3 emulator."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.request import urlopen

import boto3
import pytest
from batch_harness import CONVERSE, Harness, Serve, bodies, serve_at
from bedrocks import ACCOUNT, LLAMA, SCHEMA, body, invoke, output_format, user


@pytest.fixture
def served(emulator_url: str) -> Serve:
    """A way to open harnesses on the emulator."""
    return serve_at(emulator_url)


@pytest.fixture
def harness(served: Serve) -> Iterator[Harness]:
    """Bedrock that takes jobs of any size."""
    with served(min_batch_records=1) as harness:
        yield harness


def test_every_record_is_answered_in_another_order(harness: Harness) -> None:
    """An answer is found by its id only, and is that of a synchronous call."""
    inputs = bodies(150)
    harness.put("in/a.jsonl", inputs)
    results = harness.results(harness.start())
    ids = [each["recordId"] for each in results]
    assert sorted(ids) == sorted(f"record-{number}" for number in range(150))
    assert ids != sorted(ids, key=lambda each: int(each.rpartition("-")[2]))
    runtime = boto3.client("bedrock-runtime", endpoint_url=harness.url, **ACCOUNT)
    for each in results[:3]:
        assert each["modelInput"] == inputs[int(each["recordId"].rpartition("-")[2])]
        direct = invoke(runtime, each["modelInput"])
        assert {**each["modelOutput"], "id": ""} == {**direct, "id": ""}


def test_a_job_may_have_records_in_the_form_of_converse(harness: Harness) -> None:
    """Its answers then have that form too, for every model."""
    harness.put("in/a.jsonl", [{**CONVERSE, "system": [{"text": "Write warmly."}]}] * 3)
    results = harness.results(harness.start(modelInvocationType="Converse", modelId=LLAMA))
    output = results[0]["modelOutput"]
    assert output["output"]["message"]["content"][0]["text"]
    assert output["stopReason"] == "end_turn"
    assert output["usage"]["totalTokens"] > 0


def test_counts_and_tokens_add_up(harness: Harness) -> None:
    """In the job, in its manifest and in understudy's usage."""
    harness.put("in/a.jsonl", [*bodies(4), body(max_tokens=None)])
    arn = harness.start()
    results = harness.results(arn)
    counts = {
        "totalRecordCount": 5,
        "processedRecordCount": 5,
        "successRecordCount": 4,
        "errorRecordCount": 1,
    }
    assert harness.wait(arn).items() >= counts.items()
    usages = [each["modelOutput"]["usage"] for each in results if "modelOutput" in each]
    sent, written = (sum(each[name] for each in usages) for name in ("input_tokens", "output_tokens"))
    assert harness.manifest(arn) == {**counts, "inputTokenCount": sent, "outputTokenCount": written}
    with urlopen(f"{harness.url}/_understudy/usage", timeout=10) as answer:  # noqa: S310 - loopback
        usage = json.load(answer)["CreateModelInvocationJob"]
    assert (usage["ok"], usage["inputTokens"], usage["outputTokens"]) == (1, sent, written)


FORMAT = {"type": "json_schema", "schema": SCHEMA}


@pytest.mark.parametrize(
    ("kind", "model_input", "message"),
    [
        ("InvokeModel", body(modelId="a.model"), "modelId: Extra inputs are not permitted"),
        ("InvokeModel", body(anthropic_version=None), "anthropic_version: Field required"),
        ("InvokeModel", body(max_tokens=None), "max_tokens: Field required"),
        ("InvokeModel", CONVERSE, "max_tokens: Field required"),
        (
            "InvokeModel",
            body(output_config={"format": FORMAT}),
            "output_config.format: Extra inputs are not permitted",
        ),
        (
            "InvokeModel",
            body(messages=[{"role": "user", "content": " "}]),
            "messages: text content blocks must contain non-whitespace text",
        ),
        (
            "Converse",
            {**CONVERSE, "modelId": "a.model"},
            "The model returned the following errors: modelId: Extra inputs are not permitted",
        ),
        (
            "Converse",
            {**CONVERSE, "outputConfig": output_format()},
            "The model returned the following errors: output_config.format: Extra inputs are not permitted",
        ),
        (
            "Converse",
            {**CONVERSE, "toolConfig": {"tools": [{"toolSpec": {"name": "a", "inputSchema": {"json": {}}}}]}},
            "This model doesn't support tool use.",
        ),
        (
            "Converse",
            {"messages": [user(" ")]},
            (
                "The text field in the ContentBlock object at messages.0.content.0 is blank. "
                "Add text to the text field, and try again."
            ),
        ),
        ("Converse", {"messages": "Hello"}, "Expected list at 'messages'"),
        (
            "Converse",
            {"messages": [user()], "inferenceConfig": {"topP": 2}},
            (
                "1 validation error detected: Value '2' at 'inferenceConfig.topP' failed to satisfy "
                "constraint: Member must have value less than or equal to 1"
            ),
        ),
    ],
    ids=[
        *("model-id", "version", "max-tokens", "other-form", "schema", "blank"),
        *("converse-model-id", "converse-schema", "tools", "converse-blank", "type", "range"),
    ],
)
def test_a_bad_record_fails_alone(
    harness: Harness, kind: str, model_input: dict[str, Any], message: str
) -> None:
    """The job completes; the line has an error in place of an output, whatever the job's own checks."""
    good = body() if kind == "InvokeModel" else CONVERSE
    harness.put("in/a.jsonl", [good, model_input])
    results = {each["recordId"]: each for each in harness.results(harness.start(modelInvocationType=kind))}
    assert "modelOutput" in results["record-0"]
    assert results["record-1"] == {
        "recordId": "record-1",
        "modelInput": model_input,
        "error": {"errorCode": 400, "errorMessage": message},
    }


def test_a_job_may_complete_without_a_single_success(harness: Harness) -> None:
    """Validation does not look into the prompts."""
    harness.put("in/a.jsonl", [{"prompt": 1}, {}])
    found = harness.wait(harness.start())
    assert (found["status"], found["successRecordCount"], found["errorRecordCount"]) == ("Completed", 0, 2)


def test_a_folder_is_read_file_by_file(harness: Harness) -> None:
    """Every `.jsonl` file has its own output; others are not read."""
    harness.put("in/a.jsonl", bodies(2))
    harness.put("in/more/b.jsonl", bodies(3))
    harness.put_lines("in/notes.txt", "not a record")
    for source in ("in/", "in"):
        arn = harness.start(source)
        assert [len(harness.results(arn, file)) for file in ("a.jsonl", "b.jsonl")] == [2, 3]


def test_a_record_needs_no_id_and_lines_may_be_blank(harness: Harness) -> None:
    """Ids are the client's business."""
    harness.put_lines("in/a.jsonl", f"\n{json.dumps({'modelInput': body()})}\r\n\n")
    [result] = harness.results(harness.start())
    assert set(result) == {"modelInput", "modelOutput"}


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        '{"recordId": "a"}',
        '{"recordId": "a", "modelInput": []}',
        '{"recordId": 1, "modelInput": {}}',
    ],
    ids=["not-json", "a-list", "no-input", "list-input", "number-id"],
)
def test_a_line_that_is_no_record_fails_the_job(harness: Harness, line: str) -> None:
    """The message names the file and the line."""
    harness.put_lines("in/a.jsonl", f"{json.dumps({'modelInput': body()})}\n{line}\n")
    assert harness.failure(harness.start()).startswith("in/a.jsonl, line 2: expected a JSON object")


def test_fewer_than_a_hundred_records_fail_the_job(served: Serve) -> None:
    """All files together count."""
    with served() as harness:
        harness.put("in/a.jsonl", bodies(60))
        harness.put("in/b.jsonl", bodies(39))
        arn = harness.start("in/")
        assert harness.failure(arn) == (
            f"Batch job {arn} contains less records (99) than the required minimum of: 100."
        )
        harness.put("in/c.jsonl", bodies(1))
        assert harness.wait(harness.start("in/"))["status"] == "Completed"


@pytest.mark.parametrize("source", ["in/none.jsonl", "none/", "a.txt"])
def test_missing_input_fails_the_job(harness: Harness, source: str) -> None:
    """A key that does not exist, an empty folder, and a file of another kind."""
    harness.put_lines("a.txt", "{}")
    assert f"/{source}" in harness.failure(harness.start(source))


def test_a_missing_bucket_fails_the_job(harness: Harness) -> None:
    """Whether it is that of the input or that of the output."""
    harness.put("in/a.jsonl", bodies(1))
    nowhere = "s3://no-such-bucket-anywhere"
    source = {"s3InputDataConfig": {"s3Uri": f"{nowhere}/a.jsonl"}}
    target = {"s3OutputDataConfig": {"s3Uri": nowhere}}
    assert nowhere in harness.failure(harness.start(inputDataConfig=source))
    assert nowhere in harness.failure(harness.start(outputDataConfig=target))
