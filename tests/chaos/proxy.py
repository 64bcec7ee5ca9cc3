"""A proxy between the services and the local AWS that makes it behave like AWS and injects planned faults."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from random import Random

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector, web
from yarl import URL

from tests.chaos import error_replies
from tests.chaos.batches import (
    draw_failing,
    fail_documents,
    leave_unprocessed,
    publish_entries,
    publish_in_part,
)
from tests.chaos.calls import Call, Reply
from tests.chaos.faults import Fault, FaultPlan
from tests.chaos.like_aws import LikeAWS
from tests.chaos.messages import MessageFaults
from tests.chaos.paid import Bill
from tests.chaos.tally import Tally

MAX_BODY_BYTES = 256 * 1024**2
HOP_BY_HOP = frozenset(
    {
        "accept-encoding",
        "connection",
        "content-length",
        "date",
        "expect",
        "keep-alive",
        "server",
        "transfer-encoding",
    }
)
"""Headers that belong to one connection, or to an encoding of the body that the proxy does not keep."""
SERVER_ERROR = 500
TORN, FAILED = "replies torn off by understudy", "server errors of understudy"
"""What understudy does to a request that it has acted on."""
_REFUSED: dict[Fault, Callable[[Call], Reply]] = {
    Fault.THROTTLED: error_replies.throttled,
    Fault.BROKEN: error_replies.broken,
    Fault.UNAVAILABLE: error_replies.unavailable,
}


class FaultProxy:
    """Forwards calls to the emulator and understudy; `bill` counts the paid work among them."""

    def __init__(
        self,
        *,
        emulator: str,
        understudy: str,
        plan: FaultPlan,
        messages: MessageFaults,
        tally: Tally,
        like_aws: LikeAWS,
    ) -> None:
        self._emulator = emulator
        self._understudy = understudy
        self._plan = plan
        self._messages = messages
        self._tally = tally
        self._like_aws = like_aws
        self.bill = Bill()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        """Serve on a free loopback port; yields the address."""
        app = web.Application(client_max_size=MAX_BODY_BYTES)
        app.router.add_route("*", "/{path:.*}", self._handle)
        connector, timeout = TCPConnector(limit=0), ClientTimeout(total=None)
        async with ClientSession(
            connector=connector, timeout=timeout, auto_decompress=False
        ) as self._session:
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
            await runner.setup()
            try:
                site = web.TCPSite(runner, "127.0.0.1", 0)
                await site.start()
                host, port = runner.addresses[0][:2]
                yield f"http://{host}:{port}"
            finally:
                await runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        try:
            return await self._with_fault(request, await _call(request))
        except ConnectionError:  # the caller was killed meanwhile
            return _cut(request)

    async def _with_fault(self, request: web.Request, call: Call) -> web.StreamResponse:
        plan, fault = self._plan.of(call)
        self._tally.calls_since_start[call.caller] += 1
        if fault:
            self._tally.faults[fault, call.name] += 1
        if fault in _REFUSED:
            return await _answer(request, _REFUSED[fault](call))
        if fault is Fault.CUT_BEFORE:
            return _cut(request)
        if fault is Fault.SLOW:
            await asyncio.sleep(plan.slow_s)
        return await self._serve(request, call, plan.rng, fault)

    async def _serve(
        self, request: web.Request, call: Call, rng: Random, fault: Fault | None
    ) -> web.StreamResponse:
        try:
            with self.bill.asking(call):
                reply = await self._with_interference(call, rng)
        except ClientError:  # the stack is shutting down, or understudy has torn its reply off
            self._tally.interference[TORN] += 1
            return _cut(request)
        if call.is_understudys and reply.status >= SERVER_ERROR:
            self._tally.interference[FAILED] += 1
        if fault is Fault.CUT_AFTER:
            self.bill.record(call, reply, delivered=False)
            return _cut(request)
        try:
            answer = await _answer(request, reply)
        except ConnectionError:
            self.bill.record(call, reply, delivered=False)
            raise
        self.bill.record(call, reply, delivered=True)
        return answer

    async def _with_interference(self, call: Call, rng: Random) -> Reply:
        """Forward the call, interfering with its messages, entries or documents."""
        interference = self._messages.interferences.get(call.operation) if call.service == "sqs" else None
        if interference:
            return await interference(call, rng, self._forward)
        if call.operation == "PublishBatch":
            return await self._publish(call, rng)
        if call.operation in {"BatchWriteItem", "BatchGetItem"}:
            reply, left = await leave_unprocessed(call, rng, self._plan.odds, self._forward)
            self._tally.interference["items unprocessed"] += left
            return reply
        reply = await self._forward(call)
        if call.operation.startswith("BatchDetect") and reply.is_ok:
            reply, failed = fail_documents(reply, rng, self._plan.odds)
            self._tally.interference["documents failed"] += failed
        return reply

    async def _publish(self, call: Call, rng: Random) -> Reply:
        failed = [entry["Id"] for entry in draw_failing(publish_entries(call), rng, self._plan.odds)]
        self._tally.interference["entries refused"] += len(failed)
        return await publish_in_part(call, failed, self._forward) if failed else await self._forward(call)

    async def _forward(self, call: Call) -> Reply:
        return (
            await self._send(call) if call.is_understudys else await self._like_aws.answer(call, self._send)
        )

    async def _send(self, call: Call) -> Reply:
        base = self._understudy if call.is_understudys else self._emulator
        headers = {name: value for name, value in call.headers.items() if name not in HOP_BY_HOP}
        async with self._session.request(
            call.method,
            URL(base + call.target, encoded=True),
            headers=headers,
            data=call.body,
            allow_redirects=False,
        ) as response:
            return Reply(response.status, dict(response.headers), await response.read())


async def _call(request: web.Request) -> Call:
    return Call(
        method=request.method,
        target=request.raw_path,
        headers={name.lower(): value for name, value in request.headers.items()},
        body=await request.read(),
    )


async def _answer(request: web.Request, reply: Reply) -> web.StreamResponse:
    """Send a reply; raise `ConnectionError` if the caller has gone."""
    if request.transport is None or request.transport.is_closing():
        raise ConnectionResetError("the caller has gone")
    headers = {name: value for name, value in reply.headers.items() if name.lower() not in HOP_BY_HOP}
    answer = web.Response(status=reply.status, headers=headers, body=reply.body)
    if request.method == "HEAD":  # announces a body that is not sent
        answer.headers["Content-Length"] = reply.headers.get("Content-Length", "0")
    await answer.prepare(request)
    await answer.write_eof()
    return answer


def _cut(request: web.Request) -> web.StreamResponse:
    """Close the connection without a reply."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
