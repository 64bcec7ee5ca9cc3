"""How every command starts and ends: options and environment, answer, errors in one line, interrupts."""

from collections.abc import Awaitable, Callable
from functools import wraps
from inspect import Parameter
from typing import Any

import typer

from fondly.cli.answer import Answer
from fondly.cli.interrupts import interrupts, run_cancellable
from fondly.cli.options import Target
from fondly.cli.output import say
from fondly.cli.signature import Parameters, answers, bound, parameters_of, with_options

FOUND_WRONG = 1
INTERRUPTED = 130


def guarded(command: Callable[..., Answer | None]) -> Callable[..., None]:
    """Make a command of a function: it prints the answer, and a line for an error (1) or interrupt (130)."""
    return _made(command, command, parameters_of(command))


def in_environment(command: Callable[..., Awaitable[Answer | None]]) -> Callable[..., None]:
    """Make a command of a coroutine function that takes an `Environment`; add the options that choose it."""
    own = parameters_of(command)[1:]

    def run(*, where: Target, **arguments: Any) -> Answer | None:  # noqa: ANN401 - the command's own
        from fondly.operations.environment import open_environment
        from fondly.operations.target import load_topology

        async def work() -> Answer | None:
            async with open_environment(chosen, load_topology(where.topology)) as environment:
                return await command(environment, **arguments)

        with where.chosen() as chosen:
            return run_cancellable(work)

    return _made(command, run, [*own, Parameter("where", Parameter.KEYWORD_ONLY, annotation=Target)])


def _made(
    command: Callable[..., object], run: Callable[..., Answer | None], parameters: Parameters
) -> Callable[..., None]:
    """Return what typer calls with the options of a command."""

    @wraps(command)
    def guard(**options: Any) -> None:  # noqa: ANN401 - the command's own
        json = options.pop("json") if answers(command) else False
        try:
            with interrupts():
                answer = run(**bound(parameters, options))
                if answer:
                    answer.give(json=json)
        except KeyboardInterrupt:
            say("interrupted")
            raise typer.Exit(INTERRUPTED) from None
        except Exception as error:
            from fondly.cli.errors import explain

            if (message := explain(error)) is None:
                raise
            for line in message.split("\n"):
                say(line)
            raise typer.Exit(FOUND_WRONG) from error
        if answer and answer.is_wrong:
            raise typer.Exit(FOUND_WRONG)

    return with_options(guard, parameters)
