"""A TCP proxy that adds latency: what a client sends arrives a fixed time later.

It knows no protocol. An AWS call's request reaches the server `delay_s` late, so every call takes that much
longer; calls on several connections wait in parallel, as over a real network.

Run as `python latency.py PORT TARGET_PORT DELAY_S`.
"""

import asyncio
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from fondly.stack.processes import Processes, free_port

LOOPBACK = "127.0.0.1"
CHUNK_BYTES = 65_536
PROBE_S = 0.05
Chunks = asyncio.Queue[tuple[float, bytes]]


async def serve(port: int, target_port: int, delay_s: float) -> None:
    """Forward connections to the target until cancelled."""
    server = await asyncio.start_server(partial(_connect, target_port, delay_s), LOOPBACK, port)
    async with server:
        await server.serve_forever()


async def _connect(
    target_port: int, delay_s: float, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    there_reader, there_writer = await asyncio.open_connection(LOOPBACK, target_port)
    chunks: Chunks = asyncio.Queue()
    flows = [
        asyncio.create_task(_take(reader, chunks, delay_s)),
        asyncio.create_task(_deliver(chunks, there_writer)),
        asyncio.create_task(_copy(there_reader, writer)),
    ]
    await asyncio.wait(flows[1:], return_when=asyncio.FIRST_COMPLETED)
    for flow in flows:
        flow.cancel()
    await asyncio.gather(*flows, return_exceptions=True)
    for side in (writer, there_writer):
        side.close()


async def _take(reader: asyncio.StreamReader, chunks: Chunks, delay_s: float) -> None:
    """Queue what arrives with the time it is due; an empty chunk ends the stream."""
    loop = asyncio.get_running_loop()
    while True:
        data = await reader.read(CHUNK_BYTES)
        chunks.put_nowait((loop.time() + delay_s, data))
        if not data:
            return


async def _deliver(chunks: Chunks, writer: asyncio.StreamWriter) -> None:
    loop = asyncio.get_running_loop()
    while True:
        due, data = await chunks.get()
        await asyncio.sleep(max(0.0, due - loop.time()))
        if not data:
            return
        writer.write(data)
        await writer.drain()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(CHUNK_BYTES):
        writer.write(data)
        await writer.drain()


@contextmanager
def delayed(log_dir: Path, target_port: int, delay_s: float) -> Iterator[int]:
    """Run a proxy in a process of its own, and yield the port that it listens on."""
    with Processes(log_dir) as processes:
        port = free_port()
        arguments = [str(Path(__file__)), str(port), str(target_port), str(delay_s)]
        processes.start(f"latency-{port}", arguments, {})
        _await_listener(port, processes)
        yield port


def _await_listener(port: int, processes: Processes) -> None:
    """Wait until the port is open; a response could take longer than any client waits."""
    while True:
        processes.check()
        try:
            socket.create_connection((LOOPBACK, port)).close()
        except ConnectionRefusedError:
            time.sleep(PROBE_S)
        else:
            return


def main(arguments: Sequence[str]) -> None:
    """Serve until the process is stopped."""
    port, target_port, delay_s = arguments
    asyncio.run(serve(int(port), int(target_port), float(delay_s)))


if __name__ == "__main__":
    main(sys.argv[1:])
