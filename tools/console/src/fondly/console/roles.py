"""Who may do what: a role allows what is named in its line, and all that the roles below it allow."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from http import HTTPStatus
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fondly.runtime.web.problems import ProblemError


class Role(StrEnum):
    """What somebody may do. Whoever approves need not operate, and the other way round."""

    VIEWER = "viewer"
    """Figures: runs, queues, results."""
    READER = "reader"
    """Also emails and customers; may pause a delivery."""
    APPROVER = "approver"
    """Also judge, strike, sample, approve, hold, reject."""
    OPERATOR = "operator"
    """Also redrive, discard, retry, raise a budget, suppress, forget, set the shop, upload."""


INCLUDES: Mapping[Role, frozenset[Role]] = {
    Role.VIEWER: frozenset({Role.VIEWER}),
    Role.READER: frozenset({Role.VIEWER, Role.READER}),
    Role.APPROVER: frozenset({Role.VIEWER, Role.READER, Role.APPROVER}),
    Role.OPERATOR: frozenset({Role.VIEWER, Role.READER, Role.OPERATOR}),
}


@dataclass(frozen=True)
class Person:
    """Somebody who has been identified: their name in decisions and the audit, and their roles."""

    name: str
    roles: frozenset[Role]

    @classmethod
    def of(cls, name: str, roles: Collection[Role]) -> "Person":
        """Return a person with these roles and what they include."""
        return cls(name, frozenset().union(*(INCLUDES[each] for each in roles)))

    def may(self, role: Role) -> bool:
        """Whether the person has a role."""
        return role in self.roles


class Acting(NamedTuple):
    """In whose name AWS is called, and in which role."""

    name: str
    role: Role


CONSOLE = Acting("console", Role.VIEWER)
"""The console itself, as long as it is not known who asks: it sees figures only."""
ACTING = ContextVar("ACTING", default=CONSOLE)
"""Who acts in this task, and in those that it starts."""
Handler = Callable[[Request], Awaitable[Response]]
ROLE_OF_HANDLER = "needed_role"
"""The attribute of a handler with its role: a test reads it of every route."""


def allowed(role: Role, *, acting: Role | None = None) -> Callable[[Handler], Handler]:
    """Let a handler answer only people who have `role`; others get 403, which names it.

    AWS is called in that role, whatever else the person may do, or in `acting`: to pause a delivery is to
    write, which the role of readers cannot.
    """

    def decorated(handler: Handler) -> Handler:
        @wraps(handler)
        async def answer(request: Request) -> Response:
            person: Person = request.state.person
            if not person.may(role):
                raise ProblemError(HTTPStatus.FORBIDDEN, f"this takes the role {role}")
            ACTING.set(Acting(person.name, acting or role))
            return await handler(request)

        setattr(answer, ROLE_OF_HANDLER, role)
        return answer

    return decorated


class Routes(list[Route]):
    """The routes of an area of pages, each declared at its handler."""

    def at(
        self, path: str, role: Role, *methods: str, acting: Role | None = None
    ) -> Callable[[Handler], Handler]:
        """Let a handler answer at a path whom `allowed` lets it answer; to GET if no method is named."""

        def added(handler: Handler) -> Handler:
            answer = allowed(role, acting=acting)(handler)
            self.append(Route(path, answer, methods=methods or ["GET"]))
            return answer

        return added
