"""Checks files in a process of its own: whoever asks stays responsive, and may stop it at any time."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from pathlib import Path

from pydantic import BaseModel

from fondly.contracts.errors import InvalidFileError
from fondly.contracts.object_keys import MERCHANDISING, SHOP_CONFIG
from fondly.ingest.domain.errors import FileError
from fondly.operations.check.columns import Mapped, mapped
from fondly.operations.check.estimate import CheckView, view
from fondly.operations.check.examples import Example, examples
from fondly.operations.check.reading import choose, read
from fondly.operations.errors import OperationError
from fondly.operations.shop import load_shop

PASSES = 2
"""Every file is looked through, then read."""
MAX_LINE_BYTES = 64 * 1024**2
NICER = 10
MOST_S = 1_800.0
NO_ANSWER = f"the check has ended without an answer: it may take {MOST_S / 60:.0f} min, and some memory"
_KILLED_FIRST = Path("/proc/self/oom_score_adj"), "1000"
"""So that files too large for the memory end the check and not whoever asked for it (proc(5))."""


class Checked(BaseModel):
    """Everything that a check tells."""

    view: CheckView
    examples: list[Example]
    mapped: Mapped


class _Told(BaseModel):
    """A line of the process: how far it is, what came of it, or what is wrong."""

    share: float = 0.0
    checked: Checked | None = None
    problem: str = ""


async def check_apart(data: Path, shop_files: Path) -> AsyncGenerator[float | Checked]:
    """Yield the share that is read, 0 to 1, and in the end what was found; to stop early ends the process.

    `data` is a file or a set's folder; in `shop_files` are the shop's own, as below `shop/` in the bucket.
    Raises `OperationError` if there is nothing to check.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", __name__, str(data), str(shop_files)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,  # a traceback may quote a row
        env=os.environ | {"TMPDIR": str(shop_files)},
        limit=MAX_LINE_BYTES,
    )
    ending = asyncio.get_running_loop().call_later(MOST_S, process.kill)
    try:
        assert process.stdout  # noqa: S101 - it is a pipe
        async for line in process.stdout:
            told = _Told.model_validate_json(line)
            if told.problem:
                raise OperationError(told.problem)
            yield told.checked or told.share
        if await process.wait():
            raise OperationError(NO_ANSWER)
    finally:
        ending.cancel()
        if process.returncode is None:
            process.kill()
            await process.wait()


def main() -> None:
    """Check the files that the arguments name, and write lines."""
    data, shop_files = map(Path, sys.argv[1:])
    os.nice(NICER)
    with suppress(OSError):
        _KILLED_FIRST[0].write_text(_KILLED_FIRST[1])
    os.chdir(data if data.is_dir() else data.parent)  # so that no message has more than names
    try:
        told = _Told(checked=_checked(Path(data.name) if data.is_file() else Path(), shop_files))
    except (OperationError, FileError, InvalidFileError) as error:
        told = _Told(problem=str(error).replace(f"{shop_files}/", "").removeprefix(".: "))
    _say(told)


def _checked(data: Path, shop_files: Path) -> Checked:
    config, rules = shop_files / SHOP_CONFIG, shop_files / Path(MERCHANDISING).name
    shop = load_shop(config if config.is_file() else None)
    chosen = choose([data], shop, None, rules if rules.is_file() else None)
    total = PASSES * sum(each.path.stat().st_size for each in chosen.sources)
    found = read(chosen, shop, watch=_watch(total))
    result = view(found, shop)
    made = examples(found, shop, chosen.rules) if result.usable else []
    return Checked(view=result, examples=made, mapped=mapped(chosen, found))


def _watch(total: int) -> Callable[[int], None]:
    """Return what tells of each further hundredth."""
    read_bytes = told = 0

    def watch(number: int) -> None:
        nonlocal read_bytes, told
        read_bytes += number
        if (now := read_bytes * 100 // max(1, total)) > told:
            told = now
            _say(_Told(share=min(1.0, now / 100)))

    return watch


def _say(told: _Told) -> None:
    sys.stdout.write(told.model_dump_json(exclude_defaults=True) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
