"""The files of batch jobs: each input file has an output file of its own."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import TYPE_CHECKING

from understudy.personalize.errors import JobFailedError, invalid_input
from understudy.personalize.storage import Storage
from understudy.s3 import Location
from understudy.wire.service import Params
from understudy.workers import Workers

if TYPE_CHECKING:
    from understudy.s3 import S3ClientFactory

_MAX_FILES = 1_000
_FILES_AT_ONCE = 8

Answer = Callable[[Iterable[bytes]], bytes]
"""Turns the lines of an input file into its output file."""


def check_places(params: Params) -> None:
    """Raise InvalidInputException unless a job reads from one place on S3 and writes to another."""
    source, target = _places(params)
    if source == target:
        raise invalid_input("Invalid S3 output path")


async def answer_files(s3: "S3ClientFactory", workers: Workers, params: Params, answer: Answer) -> None:
    """Answer the input files of a job; raise JobFailedError if they cannot be read or written."""
    source, target = _places(params)
    async with Storage.open(s3) as storage:
        await storage.write(target.child("_CHECK"), b"")
        files = await storage.files(source)
        if not 1 <= len(files) <= _MAX_FILES:
            raise JobFailedError(f"The input must have 1 to {_MAX_FILES} files.")
        slots = asyncio.Semaphore(_FILES_AT_ONCE)

        async def convert(file: Location) -> None:
            async with slots, storage.fetched(file) as lines:
                body = await workers.run(answer, lines)
                await storage.write(target.child(f"{file.key.rpartition('/')[2]}.out"), body)

        await _all_or_first_failure(convert(file) for file in files)


def _places(params: Params) -> tuple[Location, Location]:
    return (
        _location(params["jobInput"]["s3DataSource"]["path"], "input"),
        _location(params["jobOutput"]["s3DataDestination"]["path"], "output"),
    )


def _location(path: str, side: str) -> Location:
    try:
        return Location.parse(path)
    except ValueError as error:
        raise invalid_input(f"Invalid S3 {side} path") from error


async def _all_or_first_failure(work: Iterable[Coroutine[None, None, None]]) -> None:
    try:
        async with asyncio.TaskGroup() as group:
            for each in work:
                group.create_task(each)
    except ExceptionGroup as failed:  # a job has only one failure reason
        raise failed.exceptions[0] from failed
