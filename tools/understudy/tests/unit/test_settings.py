"""Settings: defaults for a laptop, and validation."""

import pytest
from pydantic import ValidationError

from understudy.engines.sentiment import Prior
from understudy.settings import Settings


def test_defaults_bind_to_loopback() -> None:
    """It is unreachable from outside unless configured otherwise."""
    assert Settings().host == "127.0.0.1"


def test_variables_override_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each setting is read from a variable with the prefix UNDERSTUDY_."""
    monkeypatch.setenv("UNDERSTUDY_PORT", "9000")
    monkeypatch.setenv("UNDERSTUDY_MODEL_IDS", '["my.model"]')
    monkeypatch.setenv("UNDERSTUDY_COMPREHEND_PRIOR", "natural")
    settings = Settings()
    assert settings.port == 9000
    assert settings.model_ids == {"my.model"}
    assert settings.comprehend_prior is Prior.NATURAL


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "70000"),
        ("REGION", "nowhere"),
        ("ACCOUNT_ID", "12"),
        ("LOG_LEVEL", "loud"),
        ("COMPREHEND_PRIOR", "hopeful"),
        ("COMPREHEND_TPS", "0"),
        ("COMPREHEND_LONG_DOCUMENT", "both"),
    ],
)
def test_invalid_value_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """A typo is found at startup, not by the first request."""
    monkeypatch.setenv(f"UNDERSTUDY_{name}", value)
    with pytest.raises(ValidationError):
        Settings()
