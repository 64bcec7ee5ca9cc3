"""The settings of all processes: which variables they read, and what each means."""

import json
from collections.abc import Iterator, Mapping, Sequence

from pydantic import AliasChoices
from pydantic_settings import BaseSettings

from fondly.console.settings import ConsoleSettings
from fondly.docs.building.schemas import Schema, kind_of, meaning_of, models, table
from fondly.ingest.settings import IngestSettings
from fondly.mailer.settings import MailerSettings
from fondly.recommender.settings import RecommenderSettings, RecommenderWebSettings
from fondly.runtime.settings import ServiceSettings
from fondly.sender.settings import FeedbackSettings, SenderSettings, SenderWebSettings
from fondly.sentiment.settings import SentimentSettings
from understudy.settings import Settings as UnderstudySettings

PROCESSES: Mapping[str, type[BaseSettings]] = {
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


def settings_page() -> str:
    """Every variable of every process, with its type, default and meaning."""
    text, kinds = "# Settings\n\n", dict[str, Schema]()
    sections: dict[str, type[BaseSettings]] = {"Of every service": ServiceSettings, **PROCESSES}
    for title, kind in sections.items():
        schema = kind.model_json_schema(by_alias=False)
        kinds |= schema.get("$defs", {})
        known = (
            ServiceSettings.model_fields if issubclass(kind, ServiceSettings) and title in PROCESSES else {}
        )
        fields = {name: field for name, field in schema["properties"].items() if name not in known}
        rows = _variables(kind, fields, kinds)
        text += f"## {title}\n\n" + table(("variable", "type", "default", "meaning"), rows)
    return text + models(kinds)


def _variables(kind: type[BaseSettings], fields: Schema, kinds: Schema) -> Iterator[Sequence[str]]:
    """The rows of fields, and of what is within them where a variable can name it."""
    prefix, delimiter = (
        kind.model_config.get(f"env_{each}") or "" for each in ("prefix", "nested_delimiter")
    )
    for name, field in fields.items():
        alias = kind.model_fields[name].validation_alias
        names = alias.choices if isinstance(alias, AliasChoices) else [f"{prefix}{name}".upper()]
        model = kinds.get(str(field.get("$ref")).rpartition("/")[2], {}) if delimiter else {}
        inner = {f"{delimiter}{key.upper()}": each for key, each in model.get("properties", {}).items()}
        for end, each in {"": field, **inner}.items():
            variable = " ".join(f"`{start}{end}`" for start in names)
            yield variable, kind_of(each), _default(each), meaning_of(each) or _resource(name)


def _resource(field: str) -> str:
    """What a field is whose name says it: `customers_table` is the table `customers`."""
    name, _, kind = field.removesuffix("_url").removesuffix("_arn").rpartition("_")
    shown = f"The {kind} `{name.replace('_', '-')}`: [queues and tables](resources.md)."
    return shown if kind in {"bucket", "table", "topic", "queue"} else ""


def _default(field: Schema) -> str:
    if "default" not in field:
        return "required"
    return "none" if field["default"] in (None, "") else f"`{json.dumps(field['default'])}`"
