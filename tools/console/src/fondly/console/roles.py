"""Who may do what: a role allows what is named in its line, and all that the roles below it allow."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

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


Handler = Callable[[Request], Awaitable[Response]]
ROLE_OF_HANDLER = "needed_role"
"""The attribute of a handler with its role: a test reads it of every route."""


def allowed(role: Role) -> Callable[[Handler], Handler]:
    """Let a handler answer only people who have `role`; others get 403, which names it."""

    def decorated(handler: Handler) -> Handler:
        @wraps(handler)
        async def answer(request: Request) -> Response:
            person: Person = request.state.person
            if not person.may(role):
                raise ProblemError(HTTPStatus.FORBIDDEN, f"this takes the role {role}")
            return await handler(request)

        setattr(answer, ROLE_OF_HANDLER, role)
        return answer

    return decorated
