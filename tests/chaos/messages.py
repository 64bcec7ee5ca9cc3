"""Messages delivered twice, out of order and late; deletes that do not happen; receipts gone stale."""

from collections.abc import Awaitable, Callable, Mapping
from random import Random
from typing import TYPE_CHECKING, Any

from tests.chaos.batches import Forward, failing, in_part
from tests.chaos.calls import Call, Reply
from tests.chaos.fates import Fates
from tests.chaos.refusals import refusal
from tests.chaos.tally import Tally

if TYPE_CHECKING:
    from types_aiobotocore_sqs.client import SQSClient

Interference = Callable[[Call, Random, Forward], Awaitable[Reply]]
MAX_HELD_BACK_S = 3
MAX_COPY_DELAY_S = 4
STALE = "ReceiptHandleIsInvalid"


class Messages:
    """Stands between a queue and its consumer. `longest_s` caps what a consumer may hide a message for.

    The cap is to a run under chaos what a short lease is: a backoff of minutes would only make it longer.
    """

    def __init__(self, sqs: "SQSClient", fates: Fates, tally: Tally, *, longest_s: int) -> None:
        self._sqs = sqs
        self._fates = fates
        self._tally = tally
        self._longest_s = longest_s
        self._seen: set[str] = set()
        self.interferences: Mapping[str, Interference] = {
            "ReceiveMessage": self._receive,
            "DeleteMessage": self._delete,
            "DeleteMessageBatch": self._delete_batch,
            "ChangeMessageVisibility": self._hide,
            "ChangeMessageVisibilityBatch": self._hide_batch,
            "SendMessageBatch": self._send_batch,
        }

    async def _receive(self, call: Call, rng: Random, forward: Forward) -> Reply:
        reply = await forward(call)
        messages = reply.json.get("Messages", []) if reply.is_ok else []
        if not messages:
            return reply
        url = call.json["QueueUrl"]
        rng.shuffle(messages)
        for message in messages:
            await self._copy(url, message, rng)
        kept = [message for message in messages if not await self._held_back(url, message, rng)]
        return reply.with_json({**reply.json, "Messages": kept})

    async def _copy(self, url: str, message: Mapping[str, Any], rng: Random) -> None:
        """Send a message again when it is first received: SNS, S3 and SQS may all deliver twice."""
        receives = int(message.get("Attributes", {}).get("ApproximateReceiveCount", 1))
        self._tally.most_receives = max(self._tally.most_receives, receives)
        if message["MessageId"] in self._seen:
            return
        self._seen.add(message["MessageId"])
        if rng.random() >= self._fates.odds.copied:
            return
        sent = await self._sqs.send_message(
            QueueUrl=url,
            MessageBody=message["Body"],
            MessageAttributes=message.get("MessageAttributes", {}),
            DelaySeconds=rng.randint(1, MAX_COPY_DELAY_S),
        )
        self._seen.add(sent["MessageId"])
        self._tally.happenings["messages delivered twice"] += 1

    async def _held_back(self, url: str, message: Mapping[str, Any], rng: Random) -> bool:
        """Let a message come later than its successors, with a receipt that nobody has seen."""
        if rng.random() >= self._fates.odds.held_back:
            return False
        await self._sqs.change_message_visibility(
            QueueUrl=url,
            ReceiptHandle=message["ReceiptHandle"],
            VisibilityTimeout=rng.randint(1, MAX_HELD_BACK_S),
        )
        self._tally.happenings["messages held back"] += 1
        return True

    async def _delete(self, call: Call, rng: Random, forward: Forward) -> Reply:
        """Delete, or say so and do nothing, or call the receipt stale."""
        if rng.random() < self._fates.odds.delete_lost:
            self._tally.happenings["deletes lost"] += 1
            return Reply(200, {"Content-Type": "application/x-amz-json-1.0"}, b"{}")
        if rng.random() < self._fates.odds.receipt_stale:
            return self._stale(call)
        return await forward(call)

    async def _delete_batch(self, call: Call, rng: Random, forward: Forward) -> Reply:
        odds, entries = self._fates.odds, call.json["Entries"]
        failed = self._entries_failed(call, rng)
        for entry in entries:
            if rng.random() < odds.receipt_stale:
                failed[entry["Id"]] = STALE
                self._tally.happenings["receipts stale"] += 1
        lost = [one for one in entries if one["Id"] not in failed and rng.random() < odds.delete_lost]
        self._tally.happenings["deletes lost"] += len(lost)
        kept = {**call.json, "Entries": [entry for entry in entries if entry not in lost]}
        reply = await in_part(call.with_json(kept), failed, forward)
        if not reply.is_ok:
            return reply
        done = [*reply.json["Successful"], *({"Id": entry["Id"]} for entry in lost)]
        return reply.with_json({**reply.json, "Successful": done})

    async def _hide(self, call: Call, rng: Random, forward: Forward) -> Reply:
        """Hide a message for a while, or take the lease away for real and say that the receipt is stale."""
        hidden_s = min(int(call.json["VisibilityTimeout"]), self._longest_s)
        stale = rng.random() < self._fates.odds.receipt_stale
        asked = call.with_json({**call.json, "VisibilityTimeout": 0 if stale else hidden_s})
        reply = await forward(asked)
        return self._stale(call) if stale else reply

    async def _hide_batch(self, call: Call, rng: Random, forward: Forward) -> Reply:
        entries, failed = call.json["Entries"], self._entries_failed(call, rng)
        stale = [one for one in entries if rng.random() < self._fates.odds.receipt_stale]
        for entry in stale:
            failed[entry["Id"]] = STALE
            self._tally.happenings["receipts stale"] += 1
            taken = {"QueueUrl": call.json["QueueUrl"], "Entries": [{**entry, "VisibilityTimeout": 0}]}
            await forward(call.with_json(taken))
        hidden = [
            {**entry, "VisibilityTimeout": min(int(entry["VisibilityTimeout"]), self._longest_s)}
            for entry in entries
        ]
        return await in_part(call.with_json({**call.json, "Entries": hidden}), failed, forward)

    async def _send_batch(self, call: Call, rng: Random, forward: Forward) -> Reply:
        return await in_part(call, self._entries_failed(call, rng), forward)

    def _entries_failed(self, call: Call, rng: Random) -> dict[str, str]:
        failed = failing(call.json["Entries"], rng, self._fates.odds)
        self._tally.happenings["entries refused"] += len(failed)
        return {entry["Id"]: "InternalError" for entry in failed}

    def _stale(self, call: Call) -> Reply:
        self._tally.happenings["receipts stale"] += 1
        return refusal(call, STALE, "The input receipt handle is invalid.", 400)
