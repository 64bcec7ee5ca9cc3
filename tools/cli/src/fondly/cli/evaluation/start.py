"""What every evaluation needs: the package that does it, errors in one line, and progress on a terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from fondly.cli.output import console
from fondly.operations.errors import OperationError


def require_evaluation() -> None:
    """Raise `OperationError` if the package that evaluates, with its learning stack, is not installed."""
    if find_spec("fondly.evaluation") is None:
        raise OperationError(
            "fondly-evaluation is not installed: run `make setup`, or install fondly-cli[evaluation]"
        )


@contextmanager
def evaluating(what: str) -> Iterator[Callable[[str], None]]:
    """Show on a terminal what is being done; yield a function that tells what comes next.

    Raises `OperationError` if the input cannot be evaluated.
    """
    from fondly.evaluation.errors import EvaluationError  # noqa: PLC0415 - an optional package

    with console(stderr=True).status(what) as status:
        try:
            yield status.update
        except EvaluationError as error:
            raise OperationError(str(error)) from error
