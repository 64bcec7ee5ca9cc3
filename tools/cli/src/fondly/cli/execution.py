"""How every command starts and ends: options and environment, answer, errors in one line, interrupts.

Typer takes options one by one: dataclasses among the parameters of a command stand for their fields.
"""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import wraps
from inspect import Parameter, Signature, get_annotations, signature
from typing import TYPE_CHECKING, Any, TypeAlias

import typer

from fondly.cli.answer import Answer
from fondly.cli.interrupts import interrupts, run_cancellable
from fondly.cli.options import AsJson, Target
from fondly.cli.output import say

if TYPE_CHECKING:
    from fondly.operations import environment

    Environment: TypeAlias = environment.Environment
else:
    Environment = Any  # which takes time to load
Parameters = list[Parameter]
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


def answers(command: Callable[..., object]) -> bool:
    """Whether a command returns an `Answer`."""
    return get_annotations(command).get("return") is Answer


def parameters_of(command: Callable[..., object]) -> Parameters:
    """Return a command's own parameters, and `json` if it answers."""
    parameters = list(signature(command).parameters.values())
    if answers(command):
        parameters.append(_keyword("json", AsJson, default=False))
    return parameters


def with_options(run: Callable[..., None], parameters: Parameters) -> Callable[..., None]:
    """Show typer these parameters instead of what `run` declares."""
    options = [option for each in parameters for option in _options(each)]
    run.__signature__ = Signature(options, return_annotation=None)  # type: ignore[attr-defined] # typer reads it
    run.__annotations__ = {each.name: each.annotation for each in options} | {"return": None}
    return run


def bound(parameters: Parameters, options: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of a function: options by the parameters that they belong to."""
    for each in parameters:
        if isinstance(each.annotation, type) and is_dataclass(each.annotation):
            own = {field.name: options.pop(field.name) for field in fields(each.annotation)}
            options[each.name] = each.annotation(**own)
    return options


def _options(parameter: Parameter) -> Iterator[Parameter]:
    if is_dataclass(parameter.annotation):
        yield from map(_of_field, fields(parameter.annotation))
    else:
        yield parameter.replace(kind=Parameter.KEYWORD_ONLY)


def _of_field(field: Field[Any]) -> Parameter:
    default = Parameter.empty if field.default is MISSING else field.default
    return _keyword(field.name, field.type, default=default)


def _keyword(name: str, annotation: object, *, default: object) -> Parameter:
    return Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
