"""`fondly api`: the schema of the API, and its operations without the console."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fondly.cli.execution import Environment, in_environment
from fondly.cli.options import By, decider
from fondly.cli.output import print_json

if TYPE_CHECKING:
    from fondly.console.api.operation import Operation

app = typer.Typer(help="The API of the console; without a command, its OpenAPI document.")

Name = Annotated[
    str, typer.Argument(metavar="OPERATION", help="As the document calls it: list_tokens, add_webhook, ….")
]
Given = Annotated[
    list[str] | None, typer.Argument(metavar="NAME=VALUE…", help="Its arguments; a list or a table is JSON.")
]


@app.callback(invoke_without_command=True)
def schema(context: typer.Context) -> None:
    """Print the OpenAPI document."""
    if context.invoked_subcommand is None:
        from fondly.console.api.document import document

        print_json(document())


@app.command()
@in_environment
async def call(environment: Environment, operation: Name, given: Given = None, *, by: By = None) -> None:
    """Do what a program could ask the API for, such as tokens and webhooks; print what it answers."""
    from fondly.console.api.table import OPERATIONS
    from fondly.console.roles import Role

    known = {each.name: each for each in OPERATIONS if each.files is None}
    if (found := known.get(operation)) is None:
        raise typer.BadParameter(f"found {operation}, expected one of {', '.join(known)}")
    arguments = _arguments(found, dict(_argument(each) for each in given or ()))
    of_caller = {"by": await decider(environment, by), "roles": frozenset(Role)}
    own = {name: value for name, value in of_caller.items() if name in found.parameters}
    answer = await found.use_case(environment, **own, **arguments)
    typer.echo(json.dumps(found.answer.dump_python(answer, mode="json"), indent=2))


def _argument(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals:
        raise typer.BadParameter(f"found {text}, expected NAME=VALUE")
    try:
        return name, json.loads(value) if value[:1] in {"[", "{"} else value
    except ValueError as error:
        raise typer.BadParameter(f"{name}: found no JSON: {error}") from error


def _arguments(operation: "Operation", given: dict[str, Any]) -> dict[str, Any]:
    """Return arguments as the use case takes them, what was shown among them."""
    from pydantic import ValidationError

    from fondly.console.api.operation import SEEN

    seen = {SEEN: given.pop(SEEN, "")} if SEEN in operation.parameters else {}
    path = {name: given.pop(name) for name in operation.in_path.model_fields.keys() & given.keys()}
    try:
        models = operation.in_path.model_validate(path), operation.given.model_validate(given)
    except ValidationError as error:
        found = (f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise typer.BadParameter("; ".join(found)) from error
    return {**seen, **operation.arguments(models[0]), **operation.arguments(models[1])}
