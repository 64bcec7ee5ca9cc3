"""The names of every setting of every service, for Terraform: run as a module, it writes the file."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import AliasChoices, BaseModel
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from fondly.ingest.settings import IngestSettings
from fondly.mailer.settings import MailerSettings
from fondly.recommender.settings import RecommenderSettings, RecommenderWebSettings
from fondly.sender.settings import FeedbackSettings, SenderSettings, SenderWebSettings
from fondly.sentiment.settings import SentimentSettings

SERVICES: Mapping[str, type[BaseSettings]] = {
    "ingest": IngestSettings,
    "sentiment": SentimentSettings,
    "recommender": RecommenderSettings,
    "mailer": MailerSettings,
    "sender": SenderSettings,
    "feedback": FeedbackSettings,
}
PROCESSES: Mapping[str, type[BaseSettings]] = {
    **SERVICES,
    "web": RecommenderWebSettings,
    "clicks": SenderWebSettings,
}
"""The services, and the processes of recommender and sender that consume no queue."""
SETTING_NAMES = Path(__file__).parents[2] / "infra/modules/pipeline/setting_names.json"


def variables(settings: type[BaseSettings]) -> list[str]:
    """Return the variables that a settings class reads, those of nested figures too, in order."""
    found = (_variables(settings, name, field) for name, field in settings.model_fields.items())
    return sorted(variable for names in found for variable in names)


def setting_names() -> str:
    """Return the contents of the file: the variables of each process, as JSON."""
    return json.dumps({name: variables(kind) for name, kind in PROCESSES.items()}, indent=2) + "\n"


def _variables(settings: type[BaseSettings], name: str, field: FieldInfo) -> Iterator[str]:
    if isinstance(field.validation_alias, AliasChoices):
        yield from (str(choice) for choice in field.validation_alias.choices)
        return
    variable = f"{settings.model_config.get('env_prefix', '')}{name}".upper()
    yield variable
    delimiter = settings.model_config.get("env_nested_delimiter")
    if delimiter and isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
        yield from (f"{variable}{delimiter}{inner.upper()}" for inner in field.annotation.model_fields)


if __name__ == "__main__":
    SETTING_NAMES.write_text(setting_names(), "utf-8")
