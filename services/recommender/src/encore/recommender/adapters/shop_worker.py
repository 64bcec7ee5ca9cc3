"""One process with a shop, and the pipe over which it is asked.

The event loop writes and reads the pipe itself. An executor of the standard library's has two threads between
the loop and its process, and each change of threads that a request takes waits for a processor: half of its
latency, and two thirds of its CPU time in the process that answers.
"""

import asyncio
import atexit
import pickle
import socket
import struct
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

from encore.recommender.ports import ShopClosedError

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerContext
    from multiprocessing.process import BaseProcess

Answers = Callable[[Any], Any]
"""Answers a question; in the other process."""
Open = Callable[..., Answers]
"""Makes what answers, of arguments that are picklable; called in the other process."""
_SIZE = struct.Struct("!I")
_ENDED = "the process has ended"


class ShopWorker:
    """A process that answers one question after another; used on one event loop."""

    def __init__(
        self, process: "BaseProcess", reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.process = process
        self._reader = reader
        self._writer = writer
        self._waiting: deque[asyncio.Future[Any]] = deque([asyncio.get_running_loop().create_future()])
        self._opened = self._waiting[0]
        self._is_closed = False
        self._reading = asyncio.ensure_future(self._read())

    @classmethod
    async def start(cls, context: "ForkServerContext", make: Open, arguments: Sequence[Any]) -> Self:
        """Start a process that makes what answers; `opened` waits until it has.

        Whoever is cancelled meanwhile has left no process behind.
        """
        ours, theirs = socket.socketpair()
        process = context.Process(target=_serve, args=(theirs, make, arguments), daemon=True)
        # In a thread: before its first fork, the server's imports keep whoever starts a process waiting.
        starting = asyncio.create_task(asyncio.to_thread(process.start))
        try:
            await asyncio.shield(starting)
            atexit.register(process.kill)
            theirs.close()
            return cls(process, *await asyncio.open_connection(sock=ours))
        except BaseException:
            with suppress(Exception):
                await starting
                process.kill()
            ours.close()
            theirs.close()
            raise

    async def opened(self) -> None:
        """Wait until the process has made what answers; raise what went wrong there."""
        await self._opened

    async def ask(self, question: Any) -> Any:  # noqa: ANN401 - whatever the other side answers
        """Return the answer to a question, or raise its error; `ShopClosedError` if the process has ended."""
        if self._is_closed:
            raise ShopClosedError(_ENDED)
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append(answer)
        self._writer.write(_framed(question))
        return await answer

    async def close(self) -> None:
        """End the process once it has answered what it was asked."""
        self._is_closed = True
        with suppress(OSError):
            self._writer.write_eof()
        await self._end()

    async def kill(self) -> None:
        """End the process whatever it is doing."""
        self._is_closed = True
        self.process.kill()
        await self._end()

    async def _end(self) -> None:
        await asyncio.gather(self._reading, return_exceptions=True)
        await asyncio.to_thread(self.process.join)
        atexit.unregister(self.process.kill)

    async def _read(self) -> None:
        try:
            while True:
                (size,) = _SIZE.unpack(await self._reader.readexactly(_SIZE.size))
                is_answer, value = pickle.loads(await self._reader.readexactly(size))  # noqa: S301 - our own process
                waiting = self._waiting.popleft()
                if waiting.done():  # nobody waits for it any more
                    continue
                if is_answer:
                    waiting.set_result(value)
                else:
                    waiting.set_exception(value)
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            self._is_closed = True
            self._writer.close()
            for waiting in self._waiting:
                if not waiting.done():
                    waiting.set_exception(ShopClosedError(_ENDED))
                    waiting.exception()  # whoever asked may have gone: that is no error to be logged
            self._waiting.clear()


def _serve(pipe: socket.socket, make: Open, arguments: Sequence[Any]) -> None:
    """Answer what comes over the pipe until it is closed; it is when the process at its other end ends."""
    with pipe, pipe.makefile("rb") as questions:
        try:
            answers = make(*arguments)
        except Exception as error:  # noqa: BLE001 - whoever opens the shop gets it
            pipe.sendall(_failed(error))
            return
        pipe.sendall(_framed((True, None)))
        while head := questions.read(_SIZE.size):
            (size,) = _SIZE.unpack(head)
            question = pickle.loads(questions.read(size))  # noqa: S301 - our own process
            try:
                answer = _framed((True, answers(question)))
            except Exception as error:  # noqa: BLE001 - whoever asks gets it
                answer = _failed(error)
            pipe.sendall(answer)


def _framed(content: Any) -> bytes:  # noqa: ANN401 - anything picklable
    body = pickle.dumps(content, pickle.HIGHEST_PROTOCOL)
    return _SIZE.pack(len(body)) + body


def _failed(error: Exception) -> bytes:
    """Return an error as an answer: one that cannot be pickled, or read again, by its name."""
    try:
        framed = _framed((False, error))
        pickle.loads(framed[_SIZE.size :])  # noqa: S301 - our own
    except Exception:  # noqa: BLE001 - whatever pickling says
        return _framed((False, RuntimeError(repr(error))))
    return framed
