import pytest

from fondly.mailer.adapters.bedrock_capabilities import UNKNOWN, Capabilities, capabilities_of
from fondly.mailer.settings import MailerSettings
from fondly.runtime.runs.pricing import models

HAIKU = "anthropic.claude-haiku-5-5"


@pytest.mark.parametrize(
    "model_id",
    [
        f"eu.{HAIKU}",
        f"global.{HAIKU}",
        f"arn:aws:bedrock:eu-west-1::foundation-model/{HAIKU}",
        f"arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.{HAIKU}",
    ],
)
def test_a_model_is_known_by_every_name_that_contains_its_id(model_id: str) -> None:
    """Regions and ARNs do not change what it takes."""
    assert capabilities_of(model_id) == capabilities_of(HAIKU)
    assert capabilities_of(HAIKU).structured_output


def test_the_longest_match_counts() -> None:
    """A model takes what its own entry says, though its family's differs."""
    family, model = capabilities_of("anthropic.claude-sonnet-4-20250514-v1:0"), "anthropic.claude-sonnet-4-5"
    assert not family.structured_output
    assert capabilities_of(f"us.{model}-20250929-v1:0").structured_output


@pytest.mark.parametrize(
    "model_id",
    [
        "somebody.model-1",
        "x",
        "arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/abc123def456",
    ],
)
def test_an_unknown_model_is_sent_nothing_that_it_might_refuse(model_id: str) -> None:
    """No schema, no cache point, no temperature."""
    assert capabilities_of(model_id) == UNKNOWN
    assert not UNKNOWN.caches("x" * 1_000_000)


def test_text_that_is_too_short_is_not_cached() -> None:
    """Text of less than two characters a token would be long enough for no model."""
    some = Capabilities(cache_from_tokens=1_024)
    assert (some.caches("x" * 2_047), some.caches("x" * 2_048)) == (False, True)


@pytest.mark.parametrize("model_id", [*models(), str(MailerSettings.model_fields["mailer_model_id"].default)])
def test_every_model_with_a_price_is_known(model_id: str) -> None:
    """Including the default one: both tables are kept together."""
    assert capabilities_of(model_id) != UNKNOWN
