"""Comprehend and Bedrock: whatever is asked is answered at once.

Sentiments follow from a digest of the words. Only the model's answers are understudy's: its copywriter takes
three milliseconds at most, and what the mailer does depends on what it reads.
"""

# ruff: noqa: N803 - arguments are named as AWS names them, and some make no difference here

import asyncio
import json
import tarfile
import zlib
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from harness.local_aws.made import Made
from harness.local_aws.objects import S3
from harness.local_aws.usage import STAND_INS, Usage
from understudy.engines.copywriter import write

OPINIONS = (("POSITIVE", 0.9, 0.05), ("POSITIVE", 0.8, 0.1), ("NEUTRAL", 0.3, 0.2), ("NEGATIVE", 0.05, 0.9))
OUTPUT = "output"
JOB = "arn:aws:bedrock:eu-west-1:000000000000:model-invocation-job/"


class Comprehend:
    """Sentiment, by call or by job."""

    def __init__(self, objects: S3, usage: Usage) -> None:
        self._objects = objects
        self._usage = usage
        self._jobs = Made(objects.root.parent, "comprehend")

    async def batch_detect_sentiment(self, *, TextList: Sequence[str], **_: object) -> dict[str, Any]:
        """Answer up to 25 texts."""
        self._usage.calls["comprehend.BatchDetectSentiment"] += 1
        await asyncio.sleep(0)
        with self._usage.taking(STAND_INS):
            found = [{"Index": number, **opinion(text.encode())} for number, text in enumerate(TextList)]
        return {"ResultList": found, "ErrorList": []}

    async def detect_sentiment(self, *, Text: str, **_: object) -> dict[str, Any]:
        """Answer one text."""
        self._usage.calls["comprehend.DetectSentiment"] += 1
        await asyncio.sleep(0)
        return opinion(Text.encode())

    async def start_sentiment_detection_job(self, **request: Any) -> dict[str, Any]:  # noqa: ANN401
        """Answer every line of the input, beside the event loop, before it returns."""
        self._usage.calls["comprehend.StartSentimentDetectionJob"] += 1
        number = uuid4().hex
        source = request["InputDataConfig"]["S3Uri"].split("/", 3)[3]
        output = request["OutputDataConfig"]["S3Uri"].split("/", 3)[3] + f"{number}/{OUTPUT}.tar.gz"
        await asyncio.to_thread(self._answer, source, output)
        bucket = request["OutputDataConfig"]["S3Uri"].split("/")[2]
        self._jobs[number] = {
            "JobId": number,
            "JobStatus": "COMPLETED",
            "OutputDataConfig": {"S3Uri": f"s3://{bucket}/{output}"},
        }
        return {"JobId": number, "JobStatus": "SUBMITTED"}

    async def describe_sentiment_detection_job(self, *, JobId: str) -> dict[str, Any]:
        """Every job has ended."""
        self._usage.calls["comprehend.DescribeSentimentDetectionJob"] += 1
        return {"SentimentDetectionJobProperties": self._jobs.all()[JobId]}

    def _answer(self, source: str, output: str) -> None:
        with self._usage.taking(STAND_INS):
            path = self._objects.path(output)
            path.parent.mkdir(parents=True, exist_ok=True)
            lines = path.with_name(OUTPUT)
            with lines.open("w") as file:
                for key in self._objects.keys(source):
                    name, body = key.rpartition("/")[2], self._objects.path(key).read_bytes()
                    for number, text in enumerate(body.removesuffix(b"\n").split(b"\n")):
                        file.write(json.dumps({"File": name, "Line": number, **opinion(text)}) + "\n")
            with tarfile.open(path, "w:gz", compresslevel=1) as archive:
                archive.add(lines, OUTPUT)
            lines.unlink()


class Bedrock:
    """Batch inference: every record is answered before the job's ARN is returned."""

    def __init__(self, objects: S3, usage: Usage) -> None:
        self._objects = objects
        self._usage = usage

    async def create_model_invocation_job(self, **request: Any) -> dict[str, str]:  # noqa: ANN401
        """Answer the records of every file."""
        self._usage.calls["bedrock.CreateModelInvocationJob"] += 1
        job = uuid4().hex
        source = request["inputDataConfig"]["s3InputDataConfig"]["s3Uri"].split("/", 3)[3]
        output = request["outputDataConfig"]["s3OutputDataConfig"]["s3Uri"].split("/", 3)[3]
        await asyncio.to_thread(self._answer, source, f"{output}{job}/")
        return {"jobArn": f"{JOB}{job}"}

    async def get_model_invocation_job(self, **_: object) -> dict[str, str]:
        """Every job has ended."""
        self._usage.calls["bedrock.GetModelInvocationJob"] += 1
        return {"status": "Completed"}

    def _answer(self, source: str, output: str) -> None:
        with self._usage.taking(STAND_INS):
            for key in self._objects.keys(source):
                path = self._objects.path(f"{output}{key.rpartition('/')[2]}.out")
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("wb") as file, self._objects.path(key).open("rb") as records:
                    for line in records:
                        record = json.loads(line)
                        answer = {
                            "recordId": record["recordId"],
                            "modelOutput": converse(record["modelInput"]),
                        }
                        file.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")


class BedrockRuntime:
    """`Converse`."""

    def __init__(self, usage: Usage) -> None:
        self._usage = usage

    async def converse(self, **request: Any) -> dict[str, Any]:  # noqa: ANN401
        """Answer a prompt."""
        self._usage.calls["bedrock-runtime.Converse"] += 1
        await asyncio.sleep(0)
        with self._usage.taking(STAND_INS):
            return converse(request)


def converse(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the copywriter's answer to a request of `Converse`."""
    turns, system = request["messages"], request.get("system", ())
    asked = [block["text"] for turn in turns if turn["role"] == "user" for block in turn["content"]]
    text = write(asked, schema=_schema(request), attempt=len(turns) // 2)
    sent = sum(map(len, asked)) + sum(len(each.get("text", "")) for each in system)
    return {
        "output": {"message": {"role": "assistant", "content": [{"text": text}]}},
        "stopReason": "end_turn",
        "usage": {"inputTokens": sent // 4, "outputTokens": len(text) // 4},
    }


def _schema(request: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a JSON schema
    """Return the schema that binds the answer; in a batch, the copywriter goes by the prompt."""
    form = request.get("outputConfig", {}).get("textFormat")
    return form and json.loads(form["structure"]["jsonSchema"]["schema"])


def opinion(text: bytes) -> dict[str, Any]:
    """Return a sentiment that follows from the words, and means nothing."""
    label, positive, negative = OPINIONS[zlib.crc32(text) % len(OPINIONS)]
    scores = {"Positive": positive, "Negative": negative, "Neutral": 0.05, "Mixed": 0.0}
    return {"Sentiment": label, "SentimentScore": scores}
