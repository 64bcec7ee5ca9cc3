"""The embedded stack, shared by the end-to-end tests."""

from collections.abc import AsyncIterator, Iterator

import pytest

from local.stack import Stack, embedded_stack
from local.testing import Pipeline
from local.watch import watch


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The emulator, understudy and the four services, started once."""
    with embedded_stack(tmp_path_factory.mktemp("logs")) as started:
        yield started


@pytest.fixture
async def pipeline(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Pipeline]:
    """The stack, with this test's environment pointing at it."""
    for name, value in stack.environment.items():
        monkeypatch.setenv(name, value)
    async with watch(stack.resources) as eyes:
        yield Pipeline(stack, eyes)
