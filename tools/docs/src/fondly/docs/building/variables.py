"""What a settings class reads from the environment."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import AliasChoices
from pydantic_settings import BaseSettings

from fondly.console.settings import ConsoleSettings
from fondly.docs.building.schemas import Schema, kind_of, meaning_of
from fondly.ingest.settings import IngestSettings
from fondly.mailer.settings import MailerSettings
from fondly.recommender.settings import RecommenderSettings, RecommenderWebSettings
from fondly.sender.settings import FeedbackSettings, SenderSettings, SenderWebSettings
from fondly.sentiment.settings import SentimentSettings
from understudy.settings import Settings as UnderstudySettings

Settings = Mapping[str, type[BaseSettings]]
PROCESSES: Settings = {
    "ingest": IngestSettings,
    "sentiment": SentimentSettings,
    "recommender": RecommenderSettings,
    "recommender.web": RecommenderWebSettings,
    "mailer": MailerSettings,
    "sender": SenderSettings,
    "sender.feedback": FeedbackSettings,
    "sender.web": SenderWebSettings,
    "console": ConsoleSettings,
    "understudy": UnderstudySettings,
}
"""By their modules."""

RESOURCES = {
    "topic_arn": "The ARN of a topic.",
    "queue_url": "The URL of a queue.",
    "table": "The name of a table.",
    "bucket": "The name of a bucket.",
}


class Variable(NamedTuple):
    """A row of a table in Markdown."""

    name: str
    kind: str
    default: str
    meaning: str


def variables_of(settings: type[BaseSettings]) -> Iterator[Variable]:
    """Return the variables of a settings class, those of nested figures too."""
    schema = settings.model_json_schema(by_alias=False)
    fields = _resolved(schema["properties"], schema.get("$defs", {}))
    prefix = str(settings.model_config.get("env_prefix", ""))
    delimiter = settings.model_config.get("env_nested_delimiter")
    for name, field in fields.items():
        alias = settings.model_fields[name].validation_alias
        names = map(str, alias.choices) if isinstance(alias, AliasChoices) else [f"{prefix}{name}".upper()]
        inner = field.get("properties", {}) if delimiter else {}
        for each in names:
            yield from (_variable(f"{each}{delimiter}{key.upper()}", value) for key, value in inner.items())
            if not inner:
                yield _variable(each, field)


def _variable(name: str, field: Schema) -> Variable:
    usual = next((text for end, text in RESOURCES.items() if name.lower().endswith(end)), "")
    is_empty = field.get("default") is None or field["default"] == ""
    shown = "none" if is_empty else f"`{json.dumps(field['default'])}`"
    return Variable(
        f"`{name}`", kind_of(field), shown if "default" in field else "required", meaning_of(field) or usual
    )


def _resolved(value: Any, models: Schema) -> Any:  # noqa: ANN401 - any part of a schema
    """Return a part of a schema with models in place of references to them."""
    if isinstance(value, list):
        return [_resolved(each, models) for each in value]
    if not isinstance(value, dict):
        return value
    own = {name: _resolved(each, models) for name, each in value.items() if name != "$ref"}
    name = str(value.get("$ref", "")).rpartition("/")[2]
    return {**_resolved(models[name], models), **own} if name else own
