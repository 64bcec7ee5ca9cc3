"""The AsyncAPI document of all events, made from their classes, the topology and the services' settings.

Source: AsyncAPI Specification 3.0.0, "AsyncAPI Object" and below.
"""

from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from typing import Any, Literal

from pydantic import TypeAdapter

from fondly.contracts import events
from fondly.contracts.events import Event, EventData
from fondly.docs.building.settings import PROCESSES
from fondly.operations.topology import load_topology

COMPONENTS = "#/components"


@cache
def asyncapi() -> dict[str, Any]:
    """Return the document as plain data; nobody changes it."""
    found = (each for each in vars(events).values() if isinstance(each, type) and "type" in vars(each))
    kinds = {each.__name__: each for each in found if issubclass(each, EventData)}
    adapters: list[tuple[str, Literal["serialization"], TypeAdapter[Any]]] = [
        (name, "serialization", TypeAdapter(Event[kind]))  # type: ignore[valid-type] # a class held in a variable
        for name, kind in kinds.items()
    ]
    payloads, models = TypeAdapter.json_schemas(adapters, ref_template=COMPONENTS + "/schemas/{model}")
    messages = {
        name: {"name": kind.type, "title": name, "payload": payloads[name, "serialization"]}
        for name, kind in kinds.items()
    }
    channels = {
        topic: {
            "address": topic,
            "description": "An SNS topic; its name has the environment's prefix.",
            "messages": {
                name: {"$ref": f"{COMPONENTS}/messages/{name}"}
                for name, kind in kinds.items()
                if kind.topic == topic
            },
        }
        for topic in load_topology().topics
    }
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Fondly", "version": version("fondly-contracts")},
        "defaultContentType": "application/cloudevents+json",
        "channels": channels,
        "operations": dict(_operations()),
        "components": {"messages": messages, "schemas": models["$defs"]},
    }


def _operations() -> Iterator[tuple[str, dict[str, Any]]]:
    """Who sends to a topic, as its settings have the topic's address, and which queue receives."""
    topology = load_topology()
    for topic in topology.topics:
        setting, channel = f"{topic.replace('-', '_')}_topic_arn", {"$ref": f"#/channels/{topic}"}
        for name, settings in PROCESSES.items():
            if setting in settings.model_fields:
                yield f"{name}-sends-{topic}", {"action": "send", "channel": channel}
        for name, queue in topology.queues.items():
            if topic in queue.topics:
                yield f"{name}-receives-{topic}", {"action": "receive", "channel": channel}
