"""All resources of the account, and the lifecycle that they share."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from types import MappingProxyType

import structlog

from understudy.personalize.errors import (
    JobFailedError,
    already_exists,
    check_tags,
    in_use,
    invalid_input,
    not_found,
)
from understudy.personalize.kinds import DATASET_GROUP, Kind, Status
from understudy.personalize.resource import Limits, Resource, check_quota
from understudy.personalize.store import Store
from understudy.wire.service import Params

Finish = Callable[[], None]
Work = Callable[[Resource], Awaitable[Finish | None]]
"""What the creation of a resource does; it returns what is changed at its end, together with its status.

It may begin again from the start after a kill.
"""

_log = structlog.get_logger(__name__)


class Registry:
    """Has all resources and moves them through their states; whatever can be seen is kept in the store.

    It is used on one event loop only, so handlers read and change it without locks; work that takes
    time belongs in a thread. Each state lasts at least `state_delay_s`.
    """

    def __init__(self, store: Store, *, state_delay_s: float, limits: Limits = MappingProxyType({})) -> None:
        self.store = store
        self._state_delay_s = state_delay_s
        self._limits = limits
        self._resources: dict[str, Resource] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def create(
        self, kind: Kind, arn: str, detail: Params, *, links: Iterable[str] = (), work: Work | None = None
    ) -> Resource:
        """Add a resource and start its creation, which ends as ACTIVE once `work` is done.

        Raises ServiceError when the ARN exists, there are too many tags or a quota is used up. `work` fails
        the creation by raising JobFailedError with the reason.
        """
        if arn in self._resources:
            raise already_exists(arn)
        links = frozenset(links)
        check_tags([tag["tagKey"] for tag in detail.get("tags", [])])
        self._check_quota(kind, links)
        resource = Resource.new(kind, arn, detail, links)
        self.store.put(resource)
        self._resources[arn] = resource
        if kind.has_status:
            self.start(resource, self._creation(resource, work))
        return resource

    def load(self) -> None:
        """Know again what the store has."""
        self._resources = {resource.arn: resource for resource in self.store.resources()}

    def resume(self, works: Mapping[Kind, Work]) -> None:
        """Go on with creations, by what they do, and with deletions."""
        for resource in self._resources.values():
            if resource.status in {Status.DELETE_PENDING, Status.DELETE_IN_PROGRESS}:
                self.start(resource, self._deletion(resource))
            elif resource.status is Status.CREATE_STOPPING:
                self.start(resource, self._stopping(resource))
            elif resource.unfinished:
                self.start(resource, self._creation(resource, works.get(resource.kind)))

    def changed(self, resource: Resource) -> None:
        """Keep what has been changed of a resource."""
        self.store.put(resource)

    def move(self, resource: Resource, status: Status) -> None:
        """Set and keep a resource's status."""
        resource.move(status)
        with self.store.transaction():
            if not resource.unfinished:
                self.store.drop_training_data(resource.arn)
            self.store.put(resource)

    def get(self, kind: Kind, arn: str) -> Resource:
        """Return the resource of `kind` with this ARN; raise ResourceNotFoundException if there is none."""
        resource = self._resources.get(arn)
        if resource is None or resource.kind is not kind:
            raise not_found(arn)
        return resource

    def find_any(self, arn: str) -> Resource:
        """Return the resource with this ARN, of whatever kind."""
        if arn not in self._resources:
            raise not_found(arn)
        return self._resources[arn]

    def get_active(self, kind: Kind, arn: str) -> Resource:
        """Return the resource with this ARN, which must have been created successfully.

        Raises ResourceInUseException while it is being created and InvalidInputException when its
        creation failed or was stopped.
        """
        resource = self.get(kind, arn)
        if resource.status is kind.course.done or not kind.has_status:
            return resource
        if resource.status in {Status.CREATE_FAILED, Status.CREATE_STOPPED}:
            raise invalid_input(f"{arn} is not active: its status is {resource.status}.")
        raise in_use(arn, f"its status is {resource.status}")

    def find(self, kind: Kind, *, links: Iterable[str] = ()) -> list[Resource]:
        """Return the resources of `kind` that depend on every ARN in `links`, oldest first."""
        wanted = frozenset(links)
        return [
            resource
            for resource in self._resources.values()
            if resource.kind is kind and wanted <= resource.links
        ]

    def delete(self, kind: Kind, arn: str) -> None:
        """Start the deletion of a resource that nothing depends on.

        It stays visible during both deletion states and then no longer exists.
        """
        resource = self.get(kind, arn)
        if kind.has_status and resource.status not in {
            Status.ACTIVE,
            Status.CREATE_FAILED,
            Status.CREATE_STOPPED,
        }:
            raise in_use(arn, f"its status is {resource.status}")
        self._check_nothing_holds(resource)
        if kind.has_status:
            self.move(resource, Status.DELETE_PENDING)
            self.start(resource, self._deletion(resource))
        else:
            self._remove(resource)

    def stop(self, resource: Resource) -> None:
        """Stop a creation: at once if pending, through CREATE STOPPING if in progress."""
        task = self._tasks.pop(resource.arn, None)
        if task is not None:
            task.cancel()
        if resource.status is Status.CREATE_PENDING:
            self.move(resource, Status.CREATE_STOPPED)
        else:
            self.move(resource, Status.CREATE_STOPPING)
            self.start(resource, self._stopping(resource))

    def start(self, resource: Resource, work: Awaitable[None]) -> None:
        """Run `work` on behalf of `resource` in the background."""
        task = asyncio.ensure_future(work)
        self._tasks[resource.arn] = task
        task.add_done_callback(lambda done: self._forget(resource.arn, done))

    async def finished(self, resources: Iterable[Resource], timeout_s: float | None = None) -> None:
        """Wait until nothing is under way on behalf of these resources, or so long."""
        tasks = [self._tasks[each.arn] for each in resources if each.arn in self._tasks]
        if tasks:
            await asyncio.wait(tasks, timeout=timeout_s)

    async def pause(self) -> None:
        """Wait for the minimum duration of a state."""
        await asyncio.sleep(self._state_delay_s)

    async def close(self) -> None:
        """Abandon all background work."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _creation(self, resource: Resource, work: Work | None) -> None:
        course = resource.kind.course
        if resource.status is course.pending:
            await self.pause()
            self.move(resource, course.in_progress)
        await self.pause()
        try:
            finish = None if work is None else await work(resource)
            with self.store.transaction():
                if finish is not None:
                    finish()
                self.move(resource, course.done)
        except JobFailedError as error:
            self._fail(resource, str(error))
        except Exception:  # noqa: BLE001 - whatever the error, the resource must leave its state
            _log.exception("personalize_job_crashed", arn=resource.arn)
            self._fail(resource, "Internal failure. Please try again.")

    def _fail(self, resource: Resource, reason: str) -> None:
        resource.failure_reason = reason
        self.move(resource, resource.kind.course.failed)
        _log.info("personalize_job_failed", arn=resource.arn, reason=reason)

    async def _deletion(self, resource: Resource) -> None:
        if resource.status is Status.DELETE_PENDING:
            await self.pause()
            self.move(resource, Status.DELETE_IN_PROGRESS)
        await self.pause()
        self._remove(resource)

    async def _stopping(self, resource: Resource) -> None:
        await self.pause()
        self.move(resource, Status.CREATE_STOPPED)

    def _remove(self, resource: Resource) -> None:
        gone = [resource, *self._dependants(resource, resource.kind.owns)]
        self.store.remove(each.arn for each in gone)
        for each in gone:
            del self._resources[each.arn]

    def _forget(self, arn: str, task: asyncio.Task[None]) -> None:
        if self._tasks.get(arn) is task:
            del self._tasks[arn]

    def _dependants(self, resource: Resource, nouns: frozenset[str]) -> list[Resource]:
        return [
            other
            for other in self._resources.values()
            if other.kind.noun in nouns and resource.arn in other.links
        ]

    def _check_nothing_holds(self, resource: Resource) -> None:
        kind = resource.kind
        holders = self._dependants(resource, kind.held_by) + [
            other for other in self._dependants(resource, kind.held_while_unfinished) if other.unfinished
        ]
        if holders:
            raise in_use(resource.arn, f"{holders[0].arn} depends on it")

    def _check_quota(self, kind: Kind, links: frozenset[str]) -> None:
        groups = {each.arn for each in self.find(DATASET_GROUP)} & links
        existing = self.find(kind, links=groups if kind.quota.per_group else ())
        check_quota(kind, existing, self._limits.get(kind.noun, kind.quota.limit))
