"""What every evaluation needs: errors in one line, and progress on a terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from fondly.cli.output import console
from fondly.evaluation.errors import EvaluationError
from fondly.operations.errors import OperationError


@contextmanager
def evaluating(what: str) -> Iterator[Callable[[str], None]]:
    """Show what is being done, by the yielded function; raise `OperationError` for an `EvaluationError`."""
    with console(stderr=True).status(what) as status:
        try:
            yield status.update
        except EvaluationError as error:
            raise OperationError(str(error)) from error
