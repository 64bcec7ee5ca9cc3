"""The reference: each page is made from what the program itself goes by, and from nothing else."""

import json
import tomllib
from collections.abc import Callable, Mapping, Sequence
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
from fondly.docs.building.schemas import Schema, fields_table, kind_of, meaning_of, table
from fondly.docs.building.variables import PROCESSES, Settings, variables_of
from fondly.operations.errors import OperationError
from fondly.operations.topology import load_topology
from fondly.runtime.settings import ServiceSettings

ERRORS: Mapping[str, type[Exception]] = {
    "What a person is told": OperationError,
    "What moves a message to the dead letters": PermanentError,
    "What is tried again": TransientError,
}


def settings_page() -> str:
    """Every variable of every process, with its type, default and meaning."""
    common = {each.name for each in variables_of(ServiceSettings)}
    sections: Settings = {"Of every service": ServiceSettings, **PROCESSES}
    text = "# Settings\n\n"
    for title, kind in sections.items():
        of_services = kind is not ServiceSettings and issubclass(kind, ServiceSettings)
        rows = [each for each in variables_of(kind) if not (of_services and each.name in common)]
        text += f"## {title}\n\n" + table(("variable", "type", "default", "meaning"), rows)
    return text


def events_page() -> str:
    """Every event: who sends and who receives it, and its data."""
    made = asyncapi()
    messages, schemas = made["components"]["messages"], made["components"]["schemas"]
    text = "# Events\n\nThe same as [AsyncAPI 3](asyncapi.json). Each is the `data` of a CloudEvent 1.0.\n\n"
    for name, message in messages.items():
        topics = [topic for topic, each in made["channels"].items() if name in each["messages"]]
        ways = [way for way in made["operations"] if way.endswith(tuple(f"s-{topic}" for topic in topics))]
        text += f"## {name}\n\n`{message['name']}`: {message['summary']}\n\n"
        text += "".join(f"- {way}\n" for way in ways) or "A stage's message to its own queue.\n"
        text += "\n" + fields_table(schemas[name])
    envelopes = {each["payload"]["$ref"].rpartition("/")[2] for each in messages.values()}
    return text + _schemas({each: schemas[each] for each in schemas.keys() - messages.keys() - envelopes})


def api_page() -> str:
    """Every operation of the console's API, and every model that it takes or answers."""
    made = document()
    text = "# API\n\nThe same as [OpenAPI](../docs/openapi.json). "
    text += f"Paths begin with `{made['servers'][0]['url']}`.\n\n"
    for path, operations in made["paths"].items():
        for method, each in operations.items():
            text += f"## `{method.upper()} {path}`\n\n{each['summary']}\n\n{each.get('description', '')}\n\n"
            text += _exchanged(each)
    return text + _schemas(made["components"]["schemas"])


def resources_page() -> str:
    """Every topic, queue, table and bucket of the topology."""
    topology = load_topology()
    queues = (
        (f"`{name}`", ", ".join(each.topics), each.visibility_s, each.max_receives, each.retention_s // 86400)
        for name, each in topology.queues.items()
    )
    tables = (
        (
            f"`{name}`",
            f"`{each.partition_key}`",
            f"`{each.sort_key}`" if each.sort_key else "",
            each.ttl or "kept",
        )
        for name, each in topology.tables.items()
    )
    return (
        "# Queues and tables\n\nNames get the environment's prefix, such as `fondly-dev-`.\n\n## Topics\n\n"
        + "".join(f"- `{name}`\n" for name in topology.topics)
        + "\n## Queues\n\n"
        + table(("queue", "topics", "visibility, s", "receives", "retention, days"), queues)
        + "## Tables\n\n"
        + table(("table", "partition key", "sort key", "expires by"), tables)
        + "## Buckets\n\n"
        + "".join(f"- `{name}`\n" for name in topology.buckets)
    )


def errors_page() -> str:
    """Every error with what can be done about it."""
    for module in walk_packages(fondly.__path__, "fondly."):
        if not module.name.endswith("__main__") and ".docs." not in module.name:
            import_module(module.name)
    remedies = tomllib.loads(files("fondly.cli").joinpath("remedies.toml").read_text("utf-8"))
    causes = tomllib.loads(files("fondly.operations.dead_letters").joinpath("causes.toml").read_text("utf-8"))
    text = "# Errors\n\n## Of the system\n\n" + table(("error", "what to do"), remedies.items())
    text += "## Why messages are dead letters\n\n"
    text += table(("cause", "what to do"), causes.values())
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


def _exchanged(operation: Schema) -> str:
    """What an operation takes and answers."""
    parameters: Sequence[Schema] = operation.get("parameters", ())
    rows = [
        (f"`{each['name']}`", f"{kind_of(each['schema'])}, in {each['in']}", meaning_of(each))
        for each in parameters
    ]
    bodies: Mapping[str, Schema] = {"body": operation.get("requestBody", {}), **operation["responses"]}
    for name, body in bodies.items():
        kinds = [kind_of(each["schema"]) for each in body.get("content", {}).values()]
        rows += [(name, " or ".join(kinds), meaning_of(body))] if kinds else []
    return table(("", "type", "meaning"), rows)


def _schemas(schemas: Mapping[str, Schema]) -> str:
    text = ""
    for name, schema in schemas.items():
        what = fields_table(schema) if "properties" in schema else f"{kind_of(schema)}\n\n"
        text += f"## {name}\n\n{meaning_of(schema)}\n\n{what}"
    return text


def _below(kind: type[Exception]) -> set[type[Exception]]:
    return {kind}.union(*map(_below, kind.__subclasses__()))
