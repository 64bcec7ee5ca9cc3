"""The options of commands as typer takes them: dataclasses among the parameters stand for their fields."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any

from fondly.cli.answer import Answer
from fondly.cli.options import AsJson

Parameters = list[inspect.Parameter]


def answers(command: Callable[..., object]) -> bool:
    """Whether a command returns an `Answer`."""
    return inspect.get_annotations(command).get("return") is Answer


def parameters_of(command: Callable[..., object]) -> Parameters:
    """Return a command's own parameters, and `json` if it answers."""
    parameters = list(inspect.signature(command).parameters.values())
    if answers(command):
        parameters.append(_keyword("json", AsJson, default=False))
    return parameters


def with_options(run: Callable[..., None], parameters: Parameters) -> Callable[..., None]:
    """Show typer these parameters instead of what `run` declares."""
    options = [option for each in parameters for option in _options(each)]
    run.__signature__ = inspect.Signature(options, return_annotation=None)  # type: ignore[attr-defined] # typer reads it
    run.__annotations__ = {each.name: each.annotation for each in options} | {"return": None}
    return run


def bound(parameters: Parameters, options: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of a function: options by the parameters that they belong to."""
    for each in parameters:
        if isinstance(each.annotation, type) and is_dataclass(each.annotation):
            own = {field.name: options.pop(field.name) for field in fields(each.annotation)}
            options[each.name] = each.annotation(**own)
    return options


def _options(parameter: inspect.Parameter) -> Iterator[inspect.Parameter]:
    if is_dataclass(parameter.annotation):
        yield from map(_of_field, fields(parameter.annotation))
    else:
        yield parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)


def _of_field(field: Field[Any]) -> inspect.Parameter:
    default = inspect.Parameter.empty if field.default is MISSING else field.default
    return _keyword(field.name, field.type, default=default)


def _keyword(name: str, annotation: object, *, default: object) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
