"""Settings: defaults for a laptop, and validation."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from understudy.bedrock import BedrockOptions
from understudy.bedrock.models import ModelFeatures
from understudy.bedrock.openai import OpenAiServer
from understudy.disturbance import Disturbance
from understudy.engines.sentiment import Prior
from understudy.personalize import PersonalizeOptions
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


def test_bedrock_behaves_as_the_variables_say(monkeypatch: pytest.MonkeyPatch) -> None:
    """Objects and lists are JSON; features that are not named keep their defaults."""
    variables = {
        "MODEL_FEATURES": '{"my.model": {"structured_output": "none", "cache_min_tokens": null}}',
        "GUARDRAILS": '{"strict": ["free"]}',
        "REFUSED_WORDS": '["cheap"]',
        "CONVERSE_RPM": "60",
        "CONVERSE_TPM": "1e6",
        "CONVERSE_LATENCY_S": "2.5",
        "CONVERSE_ERROR_RATE": "0.25",
        "OPENAI_BASE_URL": "http://127.0.0.1:11434/v1",
        "OPENAI_MODEL": "smollm2:135m",
        "OPENAI_API_KEY": "secret-key",
        "OPENAI_TIMEOUT_S": "30",
    }
    for name, value in variables.items():
        monkeypatch.setenv(f"UNDERSTUDY_{name}", value)
    settings = Settings()
    assert settings.options().bedrock == BedrockOptions(
        features={"my.model": ModelFeatures(structured_output="none", cache_min_tokens=None)},
        guardrails={"strict": ("free",)},
        refused_words=("cheap",),
        requests_per_min=60,
        tokens_per_min=1_000_000,
        disturbance=Disturbance(latency_s=2.5, error_rate=0.25),
        openai=OpenAiServer(
            base_url="http://127.0.0.1:11434/v1", model="smollm2:135m", api_key="secret-key", timeout_s=30
        ),
    )
    assert "secret-key" not in repr(settings)


def test_personalize_behaves_as_the_variables_say(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rates, quotas and disturbances, and the folder of its state."""
    monkeypatch.setenv("UNDERSTUDY_STATE_DIR", "/state")
    monkeypatch.setenv("UNDERSTUDY_PERSONALIZE_TPS", "5")
    monkeypatch.setenv("UNDERSTUDY_PERSONALIZE_QUOTAS", '{"Campaign": 1}')
    monkeypatch.setenv("UNDERSTUDY_PERSONALIZE_ERROR_RATE", "0.1")
    assert Settings().options().personalize == PersonalizeOptions(
        state_delay_s=0.2,
        state_dir=Path("/state"),
        calls_per_s=5,
        limits={"Campaign": 1},
        disturbance=Disturbance(error_rate=0.1),
    )


def test_the_copywriter_answers_by_default() -> None:
    """Nothing is passed on unless a server is named."""
    assert Settings().options().bedrock == BedrockOptions()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "70000"),
        ("PERSONALIZE_QUOTAS", '{"Campain": 1}'),
        ("REGION", "nowhere"),
        ("ACCOUNT_ID", "12"),
        ("LOG_LEVEL", "loud"),
        ("COMPREHEND_PRIOR", "hopeful"),
        ("COMPREHEND_TPS", "0"),
        ("COMPREHEND_LONG_DOCUMENT", "both"),
        ("MODEL_FEATURES", '{"my.model": {"structured": false}}'),
        ("MODEL_FEATURES", '{"my.model": {"access": "perhaps"}}'),
        ("GUARDRAILS", '["free"]'),
        ("CONVERSE_RPM", "0"),
        ("CONVERSE_TPM", "inf"),
        ("CONVERSE_LATENCY_S", "-1"),
        ("CONVERSE_ERROR_RATE", "1.1"),
        ("COMPREHEND_LATENCY_S", "inf"),
        ("COMPREHEND_ERROR_RATE", "-0.1"),
        ("OPENAI_BASE_URL", "ftp://127.0.0.1"),
        ("OPENAI_MODEL", ""),
        ("OPENAI_TIMEOUT_S", "-1"),
    ],
)
def test_invalid_value_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """A typo is found at startup, not by the first request."""
    monkeypatch.setenv(f"UNDERSTUDY_{name}", value)
    with pytest.raises(ValidationError):
        Settings()
