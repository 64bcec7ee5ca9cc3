"""The settings of every process, for Terraform: run as a module, it writes the file."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path

from pydantic import AliasChoices, BaseModel
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from fondly.recommender.settings import RecommenderWebSettings
from fondly.runtime.settings import ServiceSettings
from fondly.sender.settings import FeedbackSettings, SenderWebSettings
from tests.support.compact_json import compact_json
from tests.support.services import SERVICES as SERVICE_NAMES

ROOT = Path(__file__).parents[2]


def settings_of(service: str) -> type[ServiceSettings]:
    """Return the settings class of a service: that of its `settings` module which is named after it."""
    found: type[ServiceSettings] = getattr(
        import_module(f"fondly.{service}.settings"), f"{service.capitalize()}Settings"
    )
    return found


SERVICES: Mapping[str, type[BaseSettings]] = {
    **{service: settings_of(service) for service in SERVICE_NAMES},
    "feedback": FeedbackSettings,
}
PROCESSES: Mapping[str, type[BaseSettings]] = {
    **SERVICES,
    "web": RecommenderWebSettings,
    "clicks": SenderWebSettings,
}
"""The services, and the processes of recommender and sender that consume no queue."""
SETTING_NAMES = ROOT / "infra/modules/pipeline/setting_names.json"


def variables(settings: type[BaseSettings], *, is_required: bool | None = None) -> list[str]:
    """Return the variables that a settings class reads, those of nested figures too, in order."""
    found = (
        _variables(settings, name, field)
        for name, field in settings.model_fields.items()
        if is_required in {None, field.is_required()}
    )
    return sorted(variable for names in found for variable in names)


def setting_names() -> str:
    """Return the contents of the file: the variables of each process, as JSON."""
    names = {
        name: {
            "required": variables(settings, is_required=True),
            "optional": variables(settings, is_required=False),
        }
        for name, settings in PROCESSES.items()
    }
    return compact_json(names) + "\n"


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
