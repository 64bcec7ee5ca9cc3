"""Messages delivered twice, late and out of order; deletes that do nothing; stale receipt handles."""

from collections.abc import Awaitable, Callable, Mapping
from random import Random
from typing import TYPE_CHECKING, Any

from tests.chaos.batches import Forward, draw_failing, sqs_batch_in_part
from tests.chaos.calls import Call, Reply
from tests.chaos.error_replies import error_reply
from tests.chaos.faults import FaultPlan
from tests.chaos.tally import Tally

if TYPE_CHECKING:
    from types_aiobotocore_sqs.client import SQSClient

Interference = Callable[[Call, Random, Forward], Awaitable[Reply]]
MAX_HELD_BACK_S = 3
MAX_COPY_DELAY_S = 4
STALE_RECEIPT = "ReceiptHandleIsInvalid"


class MessageFaults:
    """Interferes with SQS calls; `max_hidden_s` caps every visibility timeout that a consumer asks for.

    Like the short visibility timeout of the queues, the cap keeps a run short, since backoffs last minutes.
    """

    def __init__(
        self,
        sqs: "SQSClient",
        plan: FaultPlan,
        tally: Tally,
        *,
        max_hidden_s: int,
        max_copy_delay_s: int = MAX_COPY_DELAY_S,
    ) -> None:
        self._sqs = sqs
        self._plan = plan
        self._tally = tally
        self._max_hidden_s = max_hidden_s
        self._max_copy_delay_s = max_copy_delay_s
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
            await self._duplicate(url, message, rng)
        kept = [message for message in messages if not await self._hold_back(url, message, rng)]
        return reply.with_json({**reply.json, "Messages": kept})

    async def _duplicate(self, url: str, message: Mapping[str, Any], rng: Random) -> None:
        """Send a copy of a message when it is first received: SNS, S3 and SQS may all deliver twice."""
        receives = int(message.get("Attributes", {}).get("ApproximateReceiveCount", 1))
        self._tally.most_receives = max(self._tally.most_receives, receives)
        if message["MessageId"] in self._seen:
            return
        self._seen.add(message["MessageId"])
        if rng.random() >= self._plan.odds.duplicated:
            return
        sent = await self._sqs.send_message(
            QueueUrl=url,
            MessageBody=message["Body"],
            MessageAttributes=message.get("MessageAttributes", {}),
            DelaySeconds=rng.randint(1, self._max_copy_delay_s),
        )
        self._seen.add(sent["MessageId"])
        self._tally.interference["messages delivered twice"] += 1

    async def _hold_back(self, url: str, message: Mapping[str, Any], rng: Random) -> bool:
        """Hide a received message for a while, so that later ones overtake it."""
        if rng.random() >= self._plan.odds.held_back:
            return False
        await self._sqs.change_message_visibility(
            QueueUrl=url,
            ReceiptHandle=message["ReceiptHandle"],
            VisibilityTimeout=rng.randint(1, MAX_HELD_BACK_S),
        )
        self._tally.interference["messages held back"] += 1
        return True

    async def _delete(self, call: Call, rng: Random, forward: Forward) -> Reply:
        """Delete the message, only pretend to, or report a stale receipt handle."""
        if rng.random() < self._plan.odds.delete_lost:
            self._tally.interference["deletes lost"] += 1
            return Reply(200, {"Content-Type": "application/x-amz-json-1.0"}, b"{}")
        if rng.random() < self._plan.odds.receipt_stale:
            return self._stale(call)
        return await forward(call)

    async def _delete_batch(self, call: Call, rng: Random, forward: Forward) -> Reply:
        odds, entries = self._plan.odds, call.json["Entries"]
        failed = self._draw_failed_entries(call, rng)
        for entry in entries:
            if rng.random() < odds.receipt_stale:
                failed[entry["Id"]] = STALE_RECEIPT
                self._tally.interference["receipts stale"] += 1
        lost = [entry for entry in entries if entry["Id"] not in failed and rng.random() < odds.delete_lost]
        self._tally.interference["deletes lost"] += len(lost)
        kept = {**call.json, "Entries": [entry for entry in entries if entry not in lost]}
        reply = await sqs_batch_in_part(call.with_json(kept), failed, forward)
        if not reply.is_ok:
            return reply
        successful = [*reply.json["Successful"], *({"Id": entry["Id"]} for entry in lost)]
        return reply.with_json({**reply.json, "Successful": successful})

    async def _hide(self, call: Call, rng: Random, forward: Forward) -> Reply:
        """Change the visibility timeout, or end it at once and report a stale receipt handle."""
        hidden_s = min(int(call.json["VisibilityTimeout"]), self._max_hidden_s)
        stale = rng.random() < self._plan.odds.receipt_stale
        changed = call.with_json({**call.json, "VisibilityTimeout": 0 if stale else hidden_s})
        reply = await forward(changed)
        return self._stale(call) if stale else reply

    async def _hide_batch(self, call: Call, rng: Random, forward: Forward) -> Reply:
        entries, failed = call.json["Entries"], self._draw_failed_entries(call, rng)
        stale = [entry for entry in entries if rng.random() < self._plan.odds.receipt_stale]
        for entry in stale:
            failed[entry["Id"]] = STALE_RECEIPT
            self._tally.interference["receipts stale"] += 1
            ended = {"QueueUrl": call.json["QueueUrl"], "Entries": [{**entry, "VisibilityTimeout": 0}]}
            await forward(call.with_json(ended))
        hidden = [
            {**entry, "VisibilityTimeout": min(int(entry["VisibilityTimeout"]), self._max_hidden_s)}
            for entry in entries
        ]
        return await sqs_batch_in_part(call.with_json({**call.json, "Entries": hidden}), failed, forward)

    async def _send_batch(self, call: Call, rng: Random, forward: Forward) -> Reply:
        return await sqs_batch_in_part(call, self._draw_failed_entries(call, rng), forward)

    def _draw_failed_entries(self, call: Call, rng: Random) -> dict[str, str]:
        failed = draw_failing(call.json["Entries"], rng, self._plan.odds)
        self._tally.interference["entries refused"] += len(failed)
        return {entry["Id"]: "InternalError" for entry in failed}

    def _stale(self, call: Call) -> Reply:
        self._tally.interference["receipts stale"] += 1
        return error_reply(call, STALE_RECEIPT, "The input receipt handle is invalid.", 400)
