"""What a person is told, in one line, when something cannot be done."""

from http import HTTPStatus


class OperationError(Exception):
    """What was asked for cannot be done; the message is one line for a person."""

    status = HTTPStatus.CONFLICT
    """What a program is answered."""


class ChangedError(OperationError):
    """What somebody decides on is not what they were shown; the message says what has changed."""

    status = HTTPStatus.PRECONDITION_FAILED


class NotFoundError(OperationError):
    """What was named is not there."""

    status = HTTPStatus.NOT_FOUND


class MissingResourceError(NotFoundError):
    """A resource of the topology does not exist."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"there is no {kind} {name}: check --environment, the region and the account")


class NoSuchDeadLetterError(NotFoundError):
    """No dead letter of a queue was selected."""

    def __init__(self, queue: str) -> None:
        super().__init__(f"{queue} has no dead letter with that run or message id")
