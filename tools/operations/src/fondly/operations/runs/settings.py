"""What shaped a run's emails and picks, as it was set when they were made."""

import json
from typing import Any

from pydantic import BaseModel

from fondly.contracts import object_keys
from fondly.mailer.use_cases.pin_settings import PinnedSettings
from fondly.operations.environment import Environment


class RunSettings(BaseModel):
    """The settings of a run; runs of the same `sha256` have emails that are shaped alike."""

    sha256: str
    models: tuple[str, str]
    """The writer, and the judge."""
    settings: dict[str, Any]
    """The mailer's, by name: brand, voice, locale, subject lines, hosts."""
    theme: dict[str, Any]
    """As the shop chose it."""
    theme_files: dict[str, str]
    """The theme's files, by name."""
    rules: dict[str, Any]
    """The shop's rules and decisions that products were picked by; empty while none are."""


async def pinned(environment: Environment, run_id: str) -> RunSettings | None:
    """Return what a run keeps; None while none of its emails is due, and for runs of earlier releases."""
    objects = await environment.objects()
    body = await objects.find(object_keys.pinned_settings(run_id))
    if body is None:
        return None
    kept, rules = PinnedSettings.model_validate_json(body), await objects.find(object_keys.run_rules(run_id))
    told = kept.model_dump(mode="json", include={"models", "settings", "theme", "theme_files"})
    return RunSettings(**told, sha256=kept.sha256, rules=json.loads(rules or b"{}"))
