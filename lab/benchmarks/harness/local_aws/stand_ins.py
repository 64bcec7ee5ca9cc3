"""Comprehend, Personalize and Bedrock: whatever is asked is answered at once, without understanding it.

Sentiments follow from a digest of the words, rankings from the customer's number. Only the model's answers
are understudy's: its copywriter takes three milliseconds at most, and what the mailer does depends on what
it reads.
"""

# ruff: noqa: N803 - arguments are named as AWS names them, and some make no difference here

import gzip
import json
import random
import zlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from harness.local_aws.database import opened
from harness.local_aws.objects import S3
from harness.local_aws.usage import Usage, refused
from understudy.engines.copywriter import write

OPINIONS = (("POSITIVE", 0.9, 0.05), ("POSITIVE", 0.8, 0.1), ("NEUTRAL", 0.3, 0.2), ("NEGATIVE", 0.05, 0.9))
FIRST_TOKEN_S, TOKENS_PER_S, COMPREHEND_S = 0.7, 100.0, 0.2
"""How quick a small model and Comprehend are assumed to be: added up, and waited for by nobody."""
ORDERS = 499
"""How many different rankings there are."""


class Made:
    """What a service has made, by id, in order, for every process of the run."""

    def __init__(self, folder: Path, service: str) -> None:
        self._db = opened(folder / "made.db")
        self._service = service
        self._db.execute("CREATE TABLE IF NOT EXISTS made (service TEXT, id TEXT, body TEXT, at TEXT)")

    def all(self) -> dict[str, dict[str, Any]]:
        """Return all of it."""
        rows = self._db.execute(
            "SELECT id, body, at FROM made WHERE service = ? ORDER BY rowid", (self._service,)
        )
        return {found: json.loads(body) | _times(datetime.fromisoformat(at)) for found, body, at in rows}

    def __setitem__(self, made: str, body: Mapping[str, Any]) -> None:
        values = (self._service, made, json.dumps(body), datetime.now(UTC).isoformat())
        self._db.execute("INSERT INTO made VALUES (?, ?, ?, ?)", values)

    def remove(self, made: str) -> None:
        """Forget something, if it is there."""
        self._db.execute("DELETE FROM made WHERE service = ? AND id = ?", (self._service, made))


def _times(at: datetime) -> dict[str, datetime]:
    return {"creationDateTime": at, "lastUpdatedDateTime": at}


class Comprehend:
    """Sentiment."""

    def __init__(self, usage: Usage) -> None:
        self._usage = usage

    def batch_detect_sentiment(self, *, TextList: Sequence[str], **_: object) -> dict[str, Any]:
        """Answer up to 25 texts."""
        self._usage.waited_s["comprehend.BatchDetectSentiment"] += COMPREHEND_S
        found = [{"Index": number, **opinion(text.encode())} for number, text in enumerate(TextList)]
        return {"ResultList": found, "ErrorList": []}

    def detect_sentiment(self, *, Text: str, **_: object) -> dict[str, Any]:
        """Answer one text."""
        return opinion(Text.encode())


class Personalize:
    """Resources that are active at once, and rankings that are one of a few orders of the catalogue."""

    def __init__(self, objects: S3) -> None:
        self._objects = objects
        self._made = Made(objects.root.parent, "personalize")

    def __getattr__(self, operation: str) -> Callable[..., dict[str, Any]]:
        verb, _, noun = operation.partition("_")
        if verb not in {"create", "describe", "list", "update", "delete", "tag"}:
            raise AttributeError(operation)
        return lambda **request: self._answer(verb, noun, request)

    def _answer(self, verb: str, noun: str, request: Mapping[str, Any]) -> dict[str, Any]:
        member = _camel(noun)
        if verb == "create":
            return self._create(noun, member, request)
        if verb == "list":
            plural = member if member.endswith("s") else f"{member}s"
            return {plural: [made for made in self._made.all().values() if f"{plural[:-1]}Arn" in made]}
        if verb == "describe":
            arn = request[f"{member}Arn"]
            if (found := self._made.all().get(arn)) is None:
                raise refused("ResourceNotFoundException", arn)
            return {member: found}
        if verb == "delete":
            self._made.remove(request[f"{member}Arn"])
        return {}

    def _create(self, noun: str, member: str, request: Mapping[str, Any]) -> dict[str, Any]:
        name = request.get("name") or request.get("jobName")
        arn = f"arn:aws:personalize:eu-west-1:000000000000:{noun}/{name or uuid4().hex}"
        if arn in self._made.all():
            raise refused("ResourceAlreadyExistsException", arn)
        self._made[arn] = {**request, f"{member}Arn": arn, "status": "ACTIVE"}
        if noun == "batch_inference_job":
            self._rank(request)
        return {f"{member}Arn": arn}

    def _rank(self, request: Mapping[str, Any]) -> None:
        source = request["jobInput"]["s3DataSource"]["path"].split("/", 3)[3]
        output = request["jobOutput"]["s3DataDestination"]["path"].split("/", 3)[3]
        orders = self._orders(request["numResults"])
        for key in self._objects.keys(source):
            path = self._objects.path(f"{output}{key.rpartition('/')[2]}.out")
            path.parent.mkdir(parents=True, exist_ok=True)
            with gzip.open(path, "wt", compresslevel=1) as file:
                for line in self._objects.content(key).splitlines():
                    order = orders[zlib.crc32(line) % ORDERS]
                    file.write(f'{{"input":{line.decode()},"output":{order},"error":null}}\n')

    def _orders(self, results: int) -> list[str]:
        """Some random rankings of the items that were imported last."""
        imported = [
            made["dataSource"]["dataLocation"] for made in self._made.all().values() if "dataSource" in made
        ]
        folder = next(each for each in reversed(imported) if "/items/" in each).split("/", 3)[3]
        rows = [
            row
            for key in self._objects.keys(folder)
            for row in self._objects.content(key).decode().splitlines()[1:]
        ]
        items = [row.partition(",")[0].strip('"') for row in rows]
        chance = random.Random(ORDERS)  # noqa: S311 - test data
        return [
            json.dumps({"recommendedItems": chance.sample(items, min(results, len(items))), "scores": []})
            for _ in range(ORDERS)
        ]


class BedrockRuntime:
    """`Converse`."""

    def __init__(self, usage: Usage) -> None:
        self._usage = usage

    def converse(self, **request: Any) -> dict[str, Any]:  # noqa: ANN401
        """Answer a prompt."""
        answer = converse(request)
        tokens = answer["usage"]["outputTokens"]
        self._usage.waited_s["bedrock-runtime.Converse"] += FIRST_TOKEN_S + tokens / TOKENS_PER_S
        return answer


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
    """Return the schema that binds the answer; without one, the copywriter goes by the prompt."""
    form = request.get("outputConfig", {}).get("textFormat")
    return form and json.loads(form["structure"]["jsonSchema"]["schema"])


def opinion(text: bytes) -> dict[str, Any]:
    """Return a sentiment that follows from the words, and means nothing."""
    label, positive, negative = OPINIONS[zlib.crc32(text) % len(OPINIONS)]
    scores = {"Positive": positive, "Negative": negative, "Neutral": 0.05, "Mixed": 0.0}
    return {"Sentiment": label, "SentimentScore": scores}


def _camel(noun: str) -> str:
    first, *others = noun.split("_")
    return first + "".join(map(str.capitalize, others))
