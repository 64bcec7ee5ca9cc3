"""Batch calls that the service does in part: some entries are refused, or left unprocessed."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from random import Random
from typing import Any, TypeVar
from urllib.parse import urlencode
from xml.sax.saxutils import escape

from tests.chaos.calls import Call, Reply
from tests.chaos.fates import Odds

Forward = Callable[[Call], Awaitable[Reply]]
Entry = TypeVar("Entry")
MAX_DOCUMENTS_FAILED = 2
_MESSAGE = "Internal failure, please try again"
_MEMBERS = "PublishBatchRequestEntries.member"
_REST = {"BatchWriteItem": "UnprocessedItems", "BatchGetItem": "UnprocessedKeys"}


def failing(entries: Sequence[Entry], rng: Random, odds: Odds) -> list[Entry]:
    """Draw the entries that fail: mostly none."""
    if rng.random() >= odds.batch_fails:
        return []
    return [entry for entry in entries if rng.random() < odds.entry_fails]


async def in_part(call: Call, failed: Mapping[str, str], forward: Forward) -> Reply:
    """Do a batch call of SQS but for some entries, which fail with the given codes, by entry id."""
    entries = [entry for entry in call.json["Entries"] if entry["Id"] not in failed]
    reply = await forward(call.with_json({**call.json, "Entries": entries})) if entries else _empty()
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
    """Publish a batch to SNS but for the entries of these ids, which fail."""
    kept = [entry for entry in published(call) if entry["Id"] not in failed]
    reply = await forward(_publishing(call, kept)) if kept else _published_none()
    refused = "".join(
        f"<member><Id>{escape(name)}</Id><Code>InternalError</Code><Message>{_MESSAGE}</Message>"
        "<SenderFault>false</SenderFault></member>"
        for name in failed
    )
    text = reply.body.decode().replace("<Failed/>", "<Failed></Failed>")
    return Reply(reply.status, reply.headers, text.replace("</Failed>", f"{refused}</Failed>").encode())


def published(call: Call) -> list[dict[str, str]]:
    """The entries of a `PublishBatch`, each a mapping of the form's names below the entry."""
    entries: dict[int, dict[str, str]] = {}
    for name, value in call.form.items():
        if name.startswith(_MEMBERS):
            number, member = name.removeprefix(f"{_MEMBERS}.").split(".", 1)
            entries.setdefault(int(number), {})[member] = value
    return [entries[number] for number in sorted(entries)]


def _publishing(call: Call, entries: Sequence[Mapping[str, str]]) -> Call:
    form = {name: value for name, value in call.form.items() if not name.startswith(_MEMBERS)}
    for number, entry in enumerate(entries, start=1):
        form |= {f"{_MEMBERS}.{number}.{member}": value for member, value in entry.items()}
    return Call(call.method, call.target, call.headers, urlencode(form).encode())


async def unprocessed(call: Call, rng: Random, odds: Odds, forward: Forward) -> tuple[Reply, int]:
    """Leave part of a DynamoDB batch undone, never all of it; return how many items were left, too."""
    left: dict[str, Any] = {}
    asked: dict[str, Any] = {}
    for table, wanted in call.json["RequestItems"].items():
        items = _items(wanted)
        drawn = failing(items[1:], rng, odds)
        asked[table] = _with(wanted, [item for item in items if item not in drawn])
        if drawn:
            left[table] = _with(wanted, drawn)
    reply = await forward(call.with_json({**call.json, "RequestItems": asked}) if left else call)
    if not left or not reply.is_ok:
        return reply, 0
    member = _REST[call.operation]
    count = sum(len(_items(items)) for items in left.values())
    return reply.with_json({**reply.json, member: {**reply.json.get(member, {}), **left}}), count


def _items(wanted: Any) -> list[Any]:  # noqa: ANN401 - see _with
    items: list[Any] = wanted["Keys"] if isinstance(wanted, dict) else wanted
    return items


def _with(wanted: Any, items: list[Any]) -> Any:  # noqa: ANN401 - a list of writes, or a mapping around keys
    return {**wanted, "Keys": items} if isinstance(wanted, dict) else items


def documents_failed(reply: Reply, rng: Random, odds: Odds) -> tuple[Reply, int]:
    """Turn results of Comprehend's batch into errors that a repetition cures; return how many, too."""
    results = reply.json["ResultList"]
    failed = {result["Index"] for result in failing(results, rng, odds)[:MAX_DOCUMENTS_FAILED]}
    if not failed:
        return reply, 0
    errors = [
        {"Index": index, "ErrorCode": "InternalServerException", "ErrorMessage": _MESSAGE} for index in failed
    ]
    kept = [result for result in results if result["Index"] not in failed]
    content = {**reply.json, "ResultList": kept, "ErrorList": [*reply.json["ErrorList"], *errors]}
    return reply.with_json(content), len(failed)


def _empty() -> Reply:
    return Reply(200, {"Content-Type": "application/x-amz-json-1.0"}, b"{}")


def _published_none() -> Reply:
    text = (
        '<PublishBatchResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishBatchResult>'
        "<Successful></Successful><Failed></Failed></PublishBatchResult>"
        "<ResponseMetadata><RequestId>chaos</RequestId></ResponseMetadata></PublishBatchResponse>"
    )
    return Reply(200, {"Content-Type": "text/xml"}, text.encode())
