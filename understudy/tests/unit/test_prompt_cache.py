"""Prompt caching, on a clock of its own."""

from dataclasses import dataclass

import pytest

from understudy.bedrock.cache import PromptCache
from understudy.bedrock.models import Model, ModelFeatures
from understudy.bedrock.request import Block, ModelRequest, Turn

MODEL = Model("a.model", ModelFeatures(cache_min_tokens=100, chars_per_100_tokens=400))


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now_s: float = 1_000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    """The clock of a test."""
    return Clock()


@pytest.fixture
def cache(clock: Clock) -> PromptCache:
    """An empty cache."""
    return PromptCache(clock)


def _request(*blocks: Block, schema: str | None = None) -> ModelRequest:
    return ModelRequest(model=MODEL, turns=(Turn("user", blocks),), schema=schema)


def _used(cache: PromptCache, request: ModelRequest) -> tuple[int, int, int]:
    usage = cache.use(request)
    return usage.cache_read, usage.cache_write, usage.input


def test_an_entry_lives_five_minutes_from_its_last_use(cache: PromptCache, clock: Clock) -> None:
    """Each use extends it."""
    request = _request(Block("a" * 800, "5m"))
    assert _used(cache, request) == (0, 200, 0)
    for _ in range(3):
        clock.now_s += 299
        assert _used(cache, request) == (200, 0, 0)
    clock.now_s += 300
    assert _used(cache, request) == (0, 200, 0)


def test_an_entry_may_live_an_hour(cache: PromptCache, clock: Clock) -> None:
    """If its cache point says so."""
    request = _request(Block("a" * 800, "1h"))
    cache.use(request)
    clock.now_s += 3_599
    assert _used(cache, request) == (200, 0, 0)
    clock.now_s += 3_600
    assert _used(cache, request) == (0, 200, 0)


def test_a_longer_conversation_reads_the_shorter_and_writes_the_rest(cache: PromptCache) -> None:
    """The cache point of the earlier request need not be repeated."""
    cache.use(_request(Block("a" * 800, "5m")))
    longer = _request(Block("a" * 800), Block("b" * 400, "5m"), Block("c" * 40))
    assert _used(cache, longer) == (200, 100, 10)


def test_a_change_before_the_cache_point_reads_nothing(cache: PromptCache) -> None:
    """Neither another text, nor the same one cut elsewhere, nor another schema."""
    cache.use(_request(Block("a" * 400), Block("b" * 400, "5m")))
    for other in (
        _request(Block("A" + "a" * 399), Block("b" * 400, "5m")),
        _request(Block("a" * 399), Block("a" + "b" * 400, "5m")),
        _request(Block("a" * 400), Block("b" * 400, "5m"), schema="{}"),
    ):
        assert cache.use(other).cache_read == 0


def test_a_prompt_without_a_cache_point_reads_nothing(cache: PromptCache) -> None:
    """Caching is asked for with each request."""
    cache.use(_request(Block("a" * 800, "5m")))
    assert _used(cache, _request(Block("a" * 800))) == (0, 0, 200)


def test_forgotten_entries_take_no_memory(cache: PromptCache, clock: Clock) -> None:
    """Many prompts over a long time: only the living ones are kept."""
    for number in range(20_005):
        clock.now_s += 1
        cache.use(_request(Block(f"{number:<400}", "5m")))
    assert len(cache) < 10_100
