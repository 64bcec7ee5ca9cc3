"""All resources of the account, and the lifecycle that they share."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

import structlog

from understudy.personalize.errors import (
    JobFailedError,
    already_exists,
    in_use,
    invalid_input,
    not_found,
)
from understudy.personalize.kinds import DATASET_GROUP, Kind, Status
from understudy.personalize.quotas import check_quota
from understudy.personalize.resource import Resource
from understudy.wire.service import Params

Work = Callable[[], Awaitable[None]]

_log = structlog.get_logger(__name__)


class Registry:
    """Keeps resources in memory and moves them through their states.

    It is used on one event loop only, so handlers read and change it without locks; work that takes
    time belongs in a thread. Each state lasts at least `state_delay_s`.
    """

    def __init__(self, *, state_delay_s: float) -> None:
        self._state_delay_s = state_delay_s
        self.when_settled: Callable[[], None] = lambda: None
        """Called when a creation or deletion has ended in the background."""
        self._resources: dict[str, Resource] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def create(
        self,
        kind: Kind,
        arn: str,
        detail: Params,
        *,
        links: Iterable[str] = (),
        work: Work | None = None,
    ) -> Resource:
        """Add a resource and start its creation, which ends as ACTIVE once `work` is done.

        Raises ServiceError when the ARN exists or a quota is used up. `work` fails the creation by
        raising JobFailedError with the reason.
        """
        if arn in self._resources:
            raise already_exists(arn)
        links = frozenset(links)
        self._check_quota(kind, links)
        resource = self._resources[arn] = Resource.new(kind, arn, detail, links)
        if kind.has_status:
            self.start(resource, self._creation(resource, work))
        return resource

    @property
    def resources(self) -> list[Resource]:
        """Every resource, the oldest first."""
        return list(self._resources.values())

    def restore(self, resource: Resource, work: Work | None) -> None:
        """Add a resource as it once was, and begin again whatever was under way."""
        self._resources[resource.arn] = resource
        if resource.status in {Status.DELETE_PENDING, Status.DELETE_IN_PROGRESS}:
            self.start(resource, self._deletion(resource))
        elif resource.status is Status.CREATE_STOPPING:
            self.start(resource, self._stopping(resource))
        elif resource.unfinished:
            self.start(resource, self._creation(resource, work))

    def get(self, kind: Kind, arn: str) -> Resource:
        """Return the resource of `kind` with this ARN; raise ResourceNotFoundException if there is none."""
        resource = self._resources.get(arn)
        if resource is None or resource.kind is not kind:
            raise not_found(arn)
        return resource

    def tagged(self, arn: str) -> dict[str, str]:
        """Return the tags of any resource, to be read or changed."""
        if arn not in self._resources:
            raise not_found(arn)
        return self._resources[arn].tags

    def get_active(self, kind: Kind, arn: str) -> Resource:
        """Return the resource with this ARN, which must have been created successfully.

        Raises ResourceInUseException while it is being created and InvalidInputException when its
        creation failed or was stopped.
        """
        resource = self.get(kind, arn)
        if resource.status is Status.ACTIVE or not kind.has_status:
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
            resource.move(Status.DELETE_PENDING)
            self.start(resource, self._deletion(resource))
        else:
            self._remove(resource)

    def stop(self, resource: Resource) -> None:
        """Stop a creation: at once if pending, through CREATE STOPPING if in progress."""
        task = self._tasks.pop(resource.arn, None)
        if task is not None:
            task.cancel()
        if resource.status is Status.CREATE_PENDING:
            resource.move(Status.CREATE_STOPPED)
        else:
            resource.move(Status.CREATE_STOPPING)
            self.start(resource, self._stopping(resource))

    def start(self, resource: Resource, work: Awaitable[None]) -> None:
        """Run `work` on behalf of `resource` in the background."""
        task = asyncio.ensure_future(work)
        self._tasks[resource.arn] = task
        task.add_done_callback(lambda done: self._forget(resource.arn, done))

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
        await self.pause()
        resource.move(Status.CREATE_IN_PROGRESS)
        await self.pause()
        try:
            if work is not None:
                await work()
        except JobFailedError as error:
            self._fail(resource, str(error))
        except Exception:  # noqa: BLE001 - whatever the error, the resource must leave its state
            _log.exception("personalize_job_crashed", arn=resource.arn)
            self._fail(resource, "Internal failure. Please try again.")
        else:
            resource.move(Status.ACTIVE)

    def _fail(self, resource: Resource, reason: str) -> None:
        resource.failure_reason = reason
        resource.move(Status.CREATE_FAILED)
        _log.info("personalize_job_failed", arn=resource.arn, reason=reason)

    async def _deletion(self, resource: Resource) -> None:
        await self.pause()
        resource.move(Status.DELETE_IN_PROGRESS)
        await self.pause()
        self._remove(resource)

    async def _stopping(self, resource: Resource) -> None:
        await self.pause()
        resource.move(Status.CREATE_STOPPED)

    def _remove(self, resource: Resource) -> None:
        del self._resources[resource.arn]
        for other in self._dependants(resource, resource.kind.owns):
            del self._resources[other.arn]

    def _forget(self, arn: str, task: asyncio.Task[None]) -> None:
        if self._tasks.get(arn) is task:
            del self._tasks[arn]
        if not task.cancelled():
            self.when_settled()

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
        groups = {arn for arn in links if self._is_kind(arn, DATASET_GROUP)}
        check_quota(kind, self.find(kind, links=groups if kind.quota.per_group else ()))

    def _is_kind(self, arn: str, kind: Kind) -> bool:
        resource = self._resources.get(arn)
        return resource is not None and resource.kind is kind
