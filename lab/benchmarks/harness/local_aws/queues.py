"""SQS and SNS: messages in SQLite, from one stage's process to the next one's.

A delayed message is visible after `LONGEST_DELAY_S` at most: what a job would take is not waited for.
"""

# ruff: noqa: N803 - arguments are named as AWS names them, and some make no difference here

import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from fondly.operations.topology import Topology
from harness.local_aws.database import alone, opened
from harness.local_aws.usage import Usage, refused

LONGEST_DELAY_S = 0.5
MAX_MESSAGE_BYTES = 256 * 1024
DEAD_LETTERS = "-dlq"
SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
  number INTEGER PRIMARY KEY, queue TEXT, id TEXT, body TEXT, attributes TEXT, visible_at REAL,
  receipt TEXT, receives INTEGER DEFAULT 0, first_ms INTEGER DEFAULT 0, sent_ms INTEGER
);
CREATE INDEX IF NOT EXISTS visible ON messages (queue, visible_at);
CREATE INDEX IF NOT EXISTS receipts ON messages (receipt);
"""


class Queues:
    """The messages of all queues."""

    def __init__(self, folder: Path, topology: Topology, usage: Usage) -> None:
        self.topology = topology
        self.usage = usage
        self.db = opened(folder / "queues.db")
        self.db.executescript(SCHEMA)

    def send(self, queue: str, body: str, attributes: Mapping[str, Any], *, delay_s: float = 0) -> str:
        """Send a message."""
        if len(body.encode()) > MAX_MESSAGE_BYTES:
            raise refused("InvalidParameterValue", "One or more parameters are invalid: message too long")
        self.usage.sent[f"queue {queue}"] += 1
        self.usage.saw(f"message of {queue}", len(body.encode()))
        message_id, now = str(uuid4()), time.time()
        self.db.execute(
            "INSERT INTO messages (queue, id, body, attributes, visible_at, sent_ms)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (queue, message_id, body, json.dumps(attributes), now + delay_s, round(now * 1_000)),
        )
        return message_id

    def has_visible(self, queue: str) -> bool:
        """Whether a message can be received."""
        found = self.db.execute(
            "SELECT 1 FROM messages WHERE queue = ? AND visible_at <= ? LIMIT 1", (queue, time.time())
        )
        return found.fetchone() is not None

    def left(self, queue: str) -> int:
        """Return how many messages are in a queue, visible or not."""
        return int(self.db.execute("SELECT count(*) FROM messages WHERE queue = ?", (queue,)).fetchone()[0])

    def show_again(self, queue: str) -> None:
        """Let what an interrupted process had received be received again, without the visibility timeout."""
        again = "UPDATE messages SET queue = ?, visible_at = 0, receives = 0"
        where = "WHERE queue IN (?, ?) AND receives > 0"
        self.db.execute(f"{again} {where}", (queue, queue, f"{queue}{DEAD_LETTERS}"))


class SQS:
    """As much of the client as services call; a queue's URL is its name."""

    def __init__(self, queues: Queues) -> None:
        self.meta = SimpleNamespace(endpoint_url="http://local")
        self._queues = queues
        self._db = queues.db

    def get_queue_attributes(self, *, QueueUrl: str, **_: object) -> dict[str, Any]:
        """Return the attributes that services read."""
        queue = self._queues.topology.queues[QueueUrl]
        now = time.time()
        visible = self._db.execute(
            "SELECT count(*) FROM messages WHERE queue = ? AND visible_at <= ?", (QueueUrl, now)
        ).fetchone()[0]
        return {
            "Attributes": {
                "VisibilityTimeout": str(queue.visibility_s),
                "RedrivePolicy": json.dumps({"deadLetterTargetArn": f"arn:local:{QueueUrl}{DEAD_LETTERS}"}),
                "ApproximateNumberOfMessages": str(visible),
                "ApproximateNumberOfMessagesNotVisible": str(self._queues.left(QueueUrl) - visible),
                "MessageRetentionPeriod": str(queue.retention_s),
            }
        }

    def get_queue_url(self, *, QueueName: str, **_: object) -> dict[str, str]:
        """Return the name."""
        return {"QueueUrl": QueueName}

    def receive_message(self, *, QueueUrl: str, MaxNumberOfMessages: int = 1, **_: object) -> dict[str, Any]:
        """Hide some messages and return them."""
        found = self._receive(QueueUrl, MaxNumberOfMessages)
        return {"Messages": found} if found else {}

    def send_message(self, *, QueueUrl: str, **entry: Any) -> dict[str, str]:  # noqa: ANN401
        """Send a message."""
        delay_s = min(entry.get("DelaySeconds", 0), LONGEST_DELAY_S)
        attributes = entry.get("MessageAttributes", {})
        return {"MessageId": self._queues.send(QueueUrl, entry["MessageBody"], attributes, delay_s=delay_s)}

    def send_message_batch(self, *, QueueUrl: str, Entries: Sequence[Any]) -> dict[str, Any]:
        """Send up to ten messages."""
        for each in Entries:
            self.send_message(QueueUrl=QueueUrl, **each)
        return _each_done(Entries)

    def delete_message(self, *, ReceiptHandle: str, **_: object) -> dict[str, Any]:
        """Delete a message."""
        self._db.execute("DELETE FROM messages WHERE receipt = ?", (ReceiptHandle,))
        return {}

    def delete_message_batch(self, *, Entries: Sequence[Any], **_: object) -> dict[str, Any]:
        """Delete up to ten messages."""
        for each in Entries:
            self.delete_message(**each)
        return _each_done(Entries)

    def change_message_visibility(
        self, *, ReceiptHandle: str, VisibilityTimeout: int, **_: object
    ) -> dict[str, Any]:
        """Hide a message for so long from now."""
        visible_at = time.time() + VisibilityTimeout
        self._db.execute("UPDATE messages SET visible_at = ? WHERE receipt = ?", (visible_at, ReceiptHandle))
        return {}

    def change_message_visibility_batch(self, *, Entries: Sequence[Any], **_: object) -> dict[str, Any]:
        """Hide up to ten messages for so long from now."""
        for each in Entries:
            self.change_message_visibility(**each)
        return _each_done(Entries)

    def _receive(self, queue: str, limit: int) -> list[dict[str, Any]]:
        if not self._queues.has_visible(queue):
            return []
        with alone(self._db):
            return self._receive_alone(queue, limit, time.time())

    def _receive_alone(self, queue: str, limit: int, now: float) -> list[dict[str, Any]]:
        rows = self._db.execute(
            "SELECT number, id, body, attributes, receives, first_ms, sent_ms FROM messages"
            " WHERE queue = ? AND visible_at <= ? ORDER BY visible_at LIMIT ?",
            (queue, now, limit),
        ).fetchall()
        known = self._queues.topology.queues[queue]
        for number, *_, receives, _, _ in rows:
            if receives >= known.max_receives:
                dead = (f"{queue}{DEAD_LETTERS}", number)
                self._db.execute("UPDATE messages SET queue = ? WHERE number = ?", dead)
        alive = [row for row in rows if row[4] < known.max_receives]
        return [self._message(row, now, now + known.visibility_s) for row in alive]

    def _message(self, row: Sequence[Any], now: float, hidden_until: float) -> dict[str, Any]:
        number, message_id, body, attributes, receives, first_ms, sent_ms = row
        receipt, first_ms = str(uuid4()), first_ms or round(now * 1_000)
        self._db.execute(
            "UPDATE messages SET receipt = ?, receives = ?, first_ms = ?, visible_at = ? WHERE number = ?",
            (receipt, receives + 1, first_ms, hidden_until, number),
        )
        return {
            "MessageId": message_id,
            "ReceiptHandle": receipt,
            "Body": body,
            "MessageAttributes": json.loads(attributes),
            "Attributes": {
                "ApproximateReceiveCount": str(receives + 1),
                "ApproximateFirstReceiveTimestamp": str(first_ms),
                "SentTimestamp": str(sent_ms),
            },
        }


class SNS:
    """As much of the client as services call; a topic's ARN ends in its name."""

    def __init__(self, queues: Queues) -> None:
        self._queues = queues
        self._subscribed: dict[str, list[str]] = {}
        for name, queue in queues.topology.queues.items():
            for topic in queue.topics:
                self._subscribed.setdefault(topic, []).append(name)

    def publish_batch(self, *, TopicArn: str, PublishBatchRequestEntries: Sequence[Any]) -> dict[str, Any]:
        """Publish up to ten messages, which together are as long as one may be."""
        usage, topic = self._queues.usage, TopicArn.rpartition(":")[2]
        sizes = [len(each["Message"].encode()) for each in PublishBatchRequestEntries]
        usage.saw(f"event of {topic}", max(sizes))
        usage.saw("batch of events", sum(sizes))
        usage.sent[f"topic {topic}"] += len(sizes)
        if sum(sizes) > MAX_MESSAGE_BYTES:
            raise refused("BatchRequestTooLong", "The length of all the messages is more than the limit")
        for queue in self._subscribed.get(topic, ()):
            for each in PublishBatchRequestEntries:
                self._queues.send(queue, each["Message"], each.get("MessageAttributes", {}))
        return _each_done(PublishBatchRequestEntries)


def _each_done(entries: Sequence[Any]) -> dict[str, Any]:
    return {"Successful": [{"Id": each["Id"]} for each in entries], "Failed": []}
