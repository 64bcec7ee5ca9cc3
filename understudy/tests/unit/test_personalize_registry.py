import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from understudy.personalize.errors import JobFailedError
from understudy.personalize.kinds import (
    DATASET,
    DATASET_GROUP,
    DATASET_IMPORT_JOB,
    SCHEMA,
    SOLUTION_VERSION,
    Status,
)
from understudy.personalize.registry import Registry
from understudy.personalize.resource import Resource
from understudy.personalize.store import Store
from understudy.wire.service import ServiceError


@pytest.fixture
async def registry() -> AsyncIterator[Registry]:
    """A registry whose states are very short."""
    made = Registry(Store(), state_delay_s=0.005)
    yield made
    await made.close()


async def until(condition: Callable[[], bool]) -> None:
    """Return once `condition` holds."""
    while not condition():  # noqa: ASYNC110 - clients can only poll as well
        await asyncio.sleep(0.001)


async def finished(resource: Resource) -> Status | None:
    """Return the final status of a creation."""
    await until(lambda: not resource.unfinished)
    return resource.status


def code_of(call: Callable[[], object]) -> str:
    """Return the code of the error that a call raises."""
    with pytest.raises(ServiceError) as failure:
        call()
    return failure.value.code


async def test_a_creation_passes_through_every_state(registry: Registry) -> None:
    """Pending, in progress and active, in this order; the work is done before the last."""
    seen: list[Status | None] = []

    async def work(_resource: Resource) -> None:
        seen.append(resource.status)

    resource = registry.create(SOLUTION_VERSION, "v", {}, work=work)
    seen.append(resource.status)
    await finished(resource)
    seen.append(resource.status)

    assert seen == [Status.CREATE_PENDING, Status.CREATE_IN_PROGRESS, Status.ACTIVE]


@pytest.mark.parametrize(
    ("error", "reason"),
    [(JobFailedError("Too few rows."), "Too few rows."), (KeyError("bug"), "Internal failure")],
)
async def test_work_that_fails_ends_the_creation_with_a_reason(
    registry: Registry, error: Exception, reason: str
) -> None:
    """A known failure has its own reason; an internal error is not shown to the client."""

    async def work(_resource: Resource) -> None:
        raise error

    resource = registry.create(SOLUTION_VERSION, "v", {}, work=work)

    assert await finished(resource) is Status.CREATE_FAILED
    assert (resource.failure_reason or "").startswith(reason)


async def test_only_an_active_resource_can_be_used(registry: Registry) -> None:
    """Unknown, unfinished and failed parents raise three different errors."""

    async def work(_resource: Resource) -> None:
        raise JobFailedError("no")

    assert code_of(lambda: registry.get_active(SOLUTION_VERSION, "v")) == ("ResourceNotFoundException")
    version = registry.create(SOLUTION_VERSION, "v", {}, work=work)
    assert code_of(lambda: registry.get_active(SOLUTION_VERSION, "v")) == "ResourceInUseException"
    await finished(version)
    assert code_of(lambda: registry.get_active(SOLUTION_VERSION, "v")) == "InvalidInputException"


async def test_a_name_is_taken_until_the_deletion_ends(registry: Registry) -> None:
    """A deletion passes through its states, cannot be repeated, and then frees the name."""
    group = registry.create(DATASET_GROUP, "g", {})
    assert code_of(lambda: registry.delete(DATASET_GROUP, "g")) == "ResourceInUseException"
    await finished(group)

    registry.delete(DATASET_GROUP, "g")

    assert registry.get(DATASET_GROUP, "g").status is Status.DELETE_PENDING
    assert code_of(lambda: registry.delete(DATASET_GROUP, "g")) == "ResourceInUseException"
    assert code_of(lambda: registry.create(DATASET_GROUP, "g", {})) == ("ResourceAlreadyExistsException")
    await until(lambda: not registry.find(DATASET_GROUP))
    registry.create(DATASET_GROUP, "g", {})


async def test_unfinished_work_prevents_deletion(registry: Registry) -> None:
    """A dataset cannot be deleted while an import runs, but can once it ends."""
    dataset = registry.create(DATASET, "d", {})
    await finished(dataset)
    job = registry.create(DATASET_IMPORT_JOB, "j", {}, links=("d",))
    assert code_of(lambda: registry.delete(DATASET, "d")) == "ResourceInUseException"
    await finished(job)

    registry.delete(DATASET, "d")


async def test_a_schema_is_created_and_deleted_at_once(registry: Registry) -> None:
    """Schemas have no states, but cannot be deleted while a dataset uses them."""
    registry.create(SCHEMA, "s", {})
    dataset = registry.create(DATASET, "d", {}, links=("s",))
    assert code_of(lambda: registry.delete(SCHEMA, "s")) == "ResourceInUseException"
    await finished(dataset)
    registry.delete(DATASET, "d")
    await until(lambda: not registry.find(DATASET))

    registry.delete(SCHEMA, "s")

    assert registry.find(SCHEMA) == []


async def test_quotas_count_all_or_only_unfinished_resources(registry: Registry) -> None:
    """At most five groups exist; at most five imports run, however many have ended."""
    jobs = [registry.create(DATASET_IMPORT_JOB, f"j{n}", {}) for n in range(5)]
    for number in range(5):
        registry.create(DATASET_GROUP, f"g{number}", {})

    sixth_group = code_of(lambda: registry.create(DATASET_GROUP, "g5", {}))
    sixth_job = code_of(lambda: registry.create(DATASET_IMPORT_JOB, "j5", {}))

    assert sixth_group == sixth_job == "LimitExceededException"
    for job in jobs:
        await finished(job)
    registry.create(DATASET_IMPORT_JOB, "j5", {})


async def test_a_stopped_training_stays_stopped(registry: Registry) -> None:
    """A pending one stops at once, a running one through CREATE STOPPING."""
    started = asyncio.Event()

    async def work(_resource: Resource) -> None:
        started.set()
        await asyncio.sleep(60)

    running = registry.create(SOLUTION_VERSION, "running", {}, work=work)
    await started.wait()
    pending = registry.create(SOLUTION_VERSION, "pending", {})

    registry.stop(pending)
    registry.stop(running)

    assert pending.status is Status.CREATE_STOPPED
    assert running.status is Status.CREATE_STOPPING
    assert await finished(running) is Status.CREATE_STOPPED


async def test_what_is_under_way_can_be_waited_for(registry: Registry) -> None:
    """Until it has ended, whatever its end; who waits for nothing goes on at once."""
    going_on = asyncio.Event()

    async def work(_resource: Resource) -> None:
        await going_on.wait()
        raise JobFailedError("no data")

    resource = registry.create(SOLUTION_VERSION, "v", {}, work=work)
    other = registry.create(DATASET_GROUP, "g", {})
    waiting = asyncio.ensure_future(registry.finished([resource, other]))
    await finished(other)
    assert not waiting.done()
    going_on.set()
    await waiting
    assert resource.status is Status.CREATE_FAILED
    await registry.finished([resource, other])
    await registry.finished([])


async def test_work_may_follow_work_on_a_resource(registry: Registry) -> None:
    """As an update after an update: what comes later is begun anew, and not lost at the end of the first."""
    done: list[int] = []
    resource = registry.create(DATASET_GROUP, "g", {})
    await registry.finished([resource])

    async def note(number: int) -> None:
        await registry.pause()
        done.append(number)

    for number in range(3):
        registry.start(resource, note(number))
        await registry.finished([resource])
    assert done == [0, 1, 2]
