"""The reference: each page is made from what the program itself goes by, and from nothing else."""

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from importlib.resources import files
from pkgutil import walk_packages

import typer
from typer.cli import get_docs_for_click
from typer.main import get_command

import fondly
from fondly.cli.app import app
from fondly.console.api.document import document
from fondly.contracts.errors import PermanentError, TransientError
from fondly.docs.building.asyncapi import asyncapi
from fondly.docs.building.schemas import Schema, kind_of, meaning_of, model, models, table
from fondly.docs.building.settings import settings_page
from fondly.operations.errors import OperationError
from fondly.operations.topology import load_topology

ERRORS: Mapping[str, type[Exception]] = {
    "What a person is told": OperationError,
    "What moves a message to the dead letters": PermanentError,
    "What is tried again": TransientError,
}


def events_page() -> str:
    """Every event: who sends and who receives it, and its data."""
    made = asyncapi()
    messages, schemas = made["components"]["messages"], made["components"]["schemas"]
    text = "# Events\n\nThe same as [AsyncAPI 3](asyncapi.json). Each is the `data` of a CloudEvent 1.0.\n\n"
    for name, message in messages.items():
        topics = [f"s-{topic}" for topic, each in made["channels"].items() if name in each["messages"]]
        ways = [
            re.sub("-(sends|receives)-", r" \1 ", f"- {way}\n")
            for way in made["operations"]
            if way.endswith(tuple(topics))
        ]
        text += f"## {name}\n\n`{message['name']}`: {model(schemas[name])}"
        text += ("".join(ways) or "A stage's message to its own queue.\n") + "\n"
    named = messages.keys() | {each["payload"]["$ref"].rpartition("/")[2] for each in messages.values()}
    return text + models({name: each for name, each in schemas.items() if name not in named})


def api_page() -> str:
    """Every operation of the console's API, and every model that it takes or answers."""
    made = document()
    text = "# API\n\nThe same as [OpenAPI](../docs/openapi.json). "
    text += f"Paths begin with `{made['servers'][0]['url']}`.\n\n"
    for path, operations in made["paths"].items():
        for method, each in operations.items():
            text += f"## `{method.upper()} {path}`\n\n{each['summary']}\n\n{each.get('description', '')}\n\n"
            text += table(("part", "type", "meaning"), _parts(each))
    return text + models(made["components"]["schemas"])


def resources_page() -> str:
    """Every topic, queue, table and bucket of the topology."""
    topology = load_topology()
    text = "# Queues and tables\n\nNames get the environment's prefix, such as `fondly-dev-`.\n\n"
    for title, found in topology:
        rows = [(f"`{name}`", *(each for _, each in entry)) for name, entry in found.items()]
        header = ("name", *(type(next(iter(found.values()))).model_fields))
        text += f"## {title.capitalize()}\n\n" + table(header, rows)
    return text


def errors_page() -> str:
    """Every error with what can be done about it."""
    for module in walk_packages(fondly.__path__, "fondly."):
        if not module.name.endswith("__main__") and ".docs." not in module.name:
            import_module(module.name)
    text = "# Errors\n\n## Of the system\n\n"
    text += table(("error", "what to do"), _toml("fondly.cli", "remedies.toml").items())
    causes = _toml("fondly.operations.dead_letters", "causes.toml")
    text += "## Why messages are dead letters\n\n" + table(("cause", "what to do"), causes.values())
    for title, kind in ERRORS.items():
        rows = [(f"`{each.__name__}`", (each.__doc__ or "").partition("\n")[0]) for each in _below(kind)]
        text += f"## {title}\n\n" + table(("error", "meaning"), sorted(rows))
    return text


def commands_page() -> str:
    """Every command of `fondly` with its options."""
    command = get_command(app)
    return get_docs_for_click(obj=command, ctx=typer.Context(command), name="fondly", title="Commands")


PAGES: Mapping[str, Callable[[], str]] = {
    "settings.md": settings_page,
    "events.md": events_page,
    "asyncapi.json": lambda: json.dumps(asyncapi(), indent=2),
    "api.md": api_page,
    "resources.md": resources_page,
    "errors.md": errors_page,
    "commands.md": commands_page,
}


def _parts(operation: Schema) -> Iterator[tuple[str, str, str]]:
    """What an operation takes and answers."""
    for each in operation.get("parameters", ()):
        yield f"`{each['name']}`", f"{kind_of(each['schema'])}, in {each['in']}", meaning_of(each)
    for name, body in {"body": operation.get("requestBody", {}), **operation["responses"]}.items():
        for each in body.get("content", {}).values():
            yield name, kind_of(each["schema"]), meaning_of(body)


def _toml(package: str, name: str) -> dict[str, tuple[str, str]]:
    return tomllib.loads(files(package).joinpath(name).read_text("utf-8"))


def _below(kind: type[Exception]) -> set[type[Exception]]:
    return {kind}.union(*map(_below, kind.__subclasses__()))
