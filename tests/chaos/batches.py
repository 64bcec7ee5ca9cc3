"""Batch calls that succeed only in part: some entries fail or are left unprocessed."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from random import Random
from typing import Any, TypeVar
from urllib.parse import urlencode
from xml.sax.saxutils import escape

from tests.chaos.calls import Call, Reply
from tests.chaos.faults import Odds

Forward = Callable[[Call], Awaitable[Reply]]
Entry = TypeVar("Entry")
MAX_DOCUMENTS_FAILED = 2
_MESSAGE = "Internal failure, please try again"
_MEMBERS = "PublishBatchRequestEntries.member"
_UNPROCESSED_MEMBERS = {"BatchWriteItem": "UnprocessedItems", "BatchGetItem": "UnprocessedKeys"}


def draw_failing(entries: Sequence[Entry], rng: Random, odds: Odds) -> list[Entry]:
    """Draw the entries that fail, usually none."""
    if rng.random() >= odds.batch_fails:
        return []
    return [entry for entry in entries if rng.random() < odds.entry_fails]


async def sqs_batch_in_part(call: Call, failed: Mapping[str, str], forward: Forward) -> Reply:
    """Forward an SQS batch without the `failed` entries (code by id), which the reply reports as failed."""
    entries = [entry for entry in call.json["Entries"] if entry["Id"] not in failed]
    reply = (
        await forward(call.with_json({**call.json, "Entries": entries})) if entries else _empty_sqs_reply()
    )
    if not reply.is_ok:
        return reply
    refused = [
        {"Id": name, "Code": code, "SenderFault": code != "InternalError", "Message": _MESSAGE}
        for name, code in failed.items()
    ]
    content = reply.json
    successful = content.get("Successful", [])
    return reply.with_json({"Successful": successful, "Failed": [*content.get("Failed", []), *refused]})


async def publish_in_part(call: Call, failed: Collection[str], forward: Forward) -> Reply:
    """Forward an SNS batch without the entries with `failed` ids, which the reply reports as failed."""
    kept = [entry for entry in publish_entries(call) if entry["Id"] not in failed]
    reply = await forward(_publish_call(call, kept)) if kept else _empty_publish_reply()
    refused = "".join(
        f"<member><Id>{escape(name)}</Id><Code>InternalError</Code><Message>{_MESSAGE}</Message>"
        "<SenderFault>false</SenderFault></member>"
        for name in failed
    )
    text = reply.body.decode().replace("<Failed/>", "<Failed></Failed>")
    return Reply(reply.status, reply.headers, text.replace("</Failed>", f"{refused}</Failed>").encode())


def publish_entries(call: Call) -> list[dict[str, str]]:
    """The entries of a `PublishBatch`, each as form fields named relative to the entry."""
    entries: dict[int, dict[str, str]] = {}
    for name, value in call.form.items():
        if name.startswith(_MEMBERS):
            number, member = name.removeprefix(f"{_MEMBERS}.").split(".", 1)
            entries.setdefault(int(number), {})[member] = value
    return [entries[number] for number in sorted(entries)]


def _publish_call(call: Call, entries: Sequence[Mapping[str, str]]) -> Call:
    form = {name: value for name, value in call.form.items() if not name.startswith(_MEMBERS)}
    for number, entry in enumerate(entries, start=1):
        form |= {f"{_MEMBERS}.{number}.{member}": value for member, value in entry.items()}
    return Call(call.method, call.target, call.headers, urlencode(form).encode())


async def leave_unprocessed(call: Call, rng: Random, odds: Odds, forward: Forward) -> tuple[Reply, int]:
    """Leave some items of a DynamoDB batch unprocessed, never all; also return how many."""
    left: dict[str, Any] = {}
    forwarded: dict[str, Any] = {}
    for table, requested in call.json["RequestItems"].items():
        items = _items_of(requested)
        drawn = draw_failing(items[1:], rng, odds)
        forwarded[table] = _with_items(requested, [item for item in items if item not in drawn])
        if drawn:
            left[table] = _with_items(requested, drawn)
    reply = await forward(call.with_json({**call.json, "RequestItems": forwarded}) if left else call)
    if not left or not reply.is_ok:
        return reply, 0
    member = _UNPROCESSED_MEMBERS[call.operation]
    count = sum(len(_items_of(items)) for items in left.values())
    return reply.with_json({**reply.json, member: {**reply.json.get(member, {}), **left}}), count


def _items_of(requested: Any) -> list[Any]:  # noqa: ANN401 - see _with_items
    items: list[Any] = requested["Keys"] if isinstance(requested, dict) else requested
    return items


def _with_items(requested: Any, items: list[Any]) -> Any:  # noqa: ANN401 - a list of writes, or a mapping that holds keys
    return {**requested, "Keys": items} if isinstance(requested, dict) else items


def fail_documents(reply: Reply, rng: Random, odds: Odds) -> tuple[Reply, int]:
    """Turn some of Comprehend's batch results into retryable errors; also return how many."""
    results = reply.json["ResultList"]
    failed = {result["Index"] for result in draw_failing(results, rng, odds)[:MAX_DOCUMENTS_FAILED]}
    if not failed:
        return reply, 0
    errors = [
        {"Index": index, "ErrorCode": "InternalServerException", "ErrorMessage": _MESSAGE} for index in failed
    ]
    kept = [result for result in results if result["Index"] not in failed]
    content = {**reply.json, "ResultList": kept, "ErrorList": [*reply.json["ErrorList"], *errors]}
    return reply.with_json(content), len(failed)


def _empty_sqs_reply() -> Reply:
    return Reply(200, {"Content-Type": "application/x-amz-json-1.0"}, b"{}")


def _empty_publish_reply() -> Reply:
    text = (
        '<PublishBatchResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishBatchResult>'
        "<Successful></Successful><Failed></Failed></PublishBatchResult>"
        "<ResponseMetadata><RequestId>chaos</RequestId></ResponseMetadata></PublishBatchResponse>"
    )
    return Reply(200, {"Content-Type": "text/xml"}, text.encode())
