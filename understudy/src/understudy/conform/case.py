"""Checks: one call, what is asked and what must come back; or several."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from botocore.exceptions import ClientError
from botocore.session import get_session
from botocore.validate import ParamValidator

from understudy.conform.check import Check, Difference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from botocore.model import ServiceModel, StructureShape

    from understudy.conform.world import World


def shape_differences(service: str, operation: str, answer: Mapping[str, Any]) -> Sequence[Difference]:
    """Return a difference if an answer lacks required members, or has values of wrong types or lengths."""
    shape = service_model(service).operation_model(operation).output_shape
    if shape is None:
        return []
    report = ParamValidator().validate(dict(answer), shape)
    if not report.has_errors():
        return []
    return [Difference("shape", f"that of {operation}", report.generate_report().replace("\n", "; "))]


def input_shape(service: str, operation: str) -> StructureShape | None:
    """Return the shape of an operation's request."""
    return service_model(service).operation_model(operation).input_shape


@cache
def service_model(service: str) -> ServiceModel:
    """Return the installed botocore's model of a service."""
    return get_session().get_service_model(service)


Params = Mapping[str, Any]
Asked = Params | Callable[["World"], Params]
"""The parameters of a call, or what makes them of names and ARNs that are only known when it is made."""


class Expectation(Protocol):
    """What must come back from a call."""

    def of_answer(self, answer: Params) -> Sequence[Difference]:
        """Return what is different about an answer."""
        ...

    def of_error(self, error: ClientError) -> Sequence[Difference]:
        """Return what is different about an error."""
        ...


@dataclass(frozen=True, slots=True)
class Refused:
    """An error with one of these codes (divided by `|`), this HTTP status, and a message with this part.

    `text` is empty where nobody has published the message: callers must not rely on it then.
    """

    code: str
    text: str = ""
    status: int = 400

    def of_answer(self, answer: Params) -> Sequence[Difference]:
        """Every answer is a difference."""
        return [Difference("outcome", f"{self.code} ({self.status})", f"an answer with {', '.join(answer)}")]

    def of_error(self, error: ClientError) -> Sequence[Difference]:
        """Compare code, status and message."""
        code, message, status = described(error)
        found = []
        if code not in self.code.split("|"):
            found.append(Difference("code", self.code, f"{code}: {message}"))
        if status != self.status:
            found.append(Difference("HTTP status", str(self.status), str(status)))
        if self.text not in message:
            found.append(Difference("message", f"…{self.text}…", message))
        return found


def _anything(_answer: Params) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer of the shape that the service model has; `wrong` says what else is wrong with it."""

    wrong: Callable[[Params], str | None] = _anything

    def of_answer(self, answer: Params) -> Sequence[Difference]:
        """Look at what the shape does not say."""
        problem = self.wrong(answer)
        return [] if problem is None else [Difference("answer", "otherwise", problem)]

    def of_error(self, error: ClientError) -> Sequence[Difference]:
        """Every error is a difference."""
        code, message, status = described(error)
        return [Difference("outcome", "an answer", f"{code} ({status}): {message}")]


@dataclass(frozen=True, slots=True)
class Either:
    """One of two, where AWS's sources disagree."""

    one: Expectation
    other: Expectation

    def of_answer(self, answer: Params) -> Sequence[Difference]:
        """Return nothing if either has nothing to say."""
        return _fewer(self.one.of_answer(answer), self.other.of_answer(answer))

    def of_error(self, error: ClientError) -> Sequence[Difference]:
        """Return nothing if either has nothing to say."""
        return _fewer(self.one.of_error(error), self.other.of_error(error))


@dataclass(frozen=True, slots=True, kw_only=True)
class Case(Check):
    """A check that is a single call."""

    operation: str
    asked: Asked
    expected: Expectation

    def run(self, world: World) -> Sequence[Difference]:
        """Make the call and compare what comes back."""
        params = self.asked(world) if callable(self.asked) else self.asked
        try:
            answer = world.call(self.service, self.operation, params)
        except ClientError as error:
            return self.expected.of_error(error)
        return [*shape_differences(self.service, self.operation, answer), *self.expected.of_answer(answer)]


def described(error: ClientError) -> tuple[str, str, int]:
    """Return the code, the message and the HTTP status of an error."""
    found: Any = error.response
    return (
        found["Error"].get("Code", ""),
        found["Error"].get("Message", ""),
        found["ResponseMetadata"]["HTTPStatusCode"],
    )


def _fewer(one: Sequence[Difference], other: Sequence[Difference]) -> Sequence[Difference]:
    return one if len(one) <= len(other) else other


Steps = Callable[["World"], Iterator[Difference]]
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey(Check):
    """A check that takes several calls; `steps` yields what is different on the way."""

    steps: Steps

    def run(self, world: World) -> Sequence[Difference]:
        """Make the calls."""
        return list(self.steps(world))


def same(what: str, expected: Value, found: Value) -> Iterator[Difference]:
    """Yield a difference unless both are equal."""
    if expected != found:
        yield Difference(what, repr(expected), repr(found))


def refusal(
    world: World, service: str, operation: str, asked: Params, expected: Refused
) -> Iterator[Difference]:
    """Yield what is different about a call that must be refused."""
    try:
        answer = world.call(service, operation, asked)
    except ClientError as error:
        yield from expected.of_error(error)
    else:
        yield from expected.of_answer(answer)
