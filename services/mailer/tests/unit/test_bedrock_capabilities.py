import warnings
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from botocore.session import get_session
from botocore.validate import ParamValidator

from fondly.mailer.adapters.bedrock_capabilities import UNKNOWN, Capabilities, capabilities_of, listed_models
from fondly.mailer.adapters.bedrock_requests import ModelChoice, converse_request, max_tokens, most_tokens
from fondly.mailer.domain.copy.frame_prompt import frame_question
from fondly.mailer.domain.copy.product_prompt import product_question
from fondly.mailer.domain.copy.prompt import SCHEMA_NAME, Style
from fondly.mailer.domain.copy.question import joined
from fondly.mailer.domain.facts.email import EmailFacts
from fondly.mailer.settings import MailerSettings
from fondly.mailer.use_cases.joint_calls import TOGETHER
from fondly.runtime.runs.pricing import models
from services.mailer.tests.stub_bedrock import LONG, prompt

HAIKU = "anthropic.claude-haiku-5-5"
WARN_DAYS, FAIL_DAYS = 60, 120


@pytest.mark.parametrize(
    "model_id",
    [
        f"eu.{HAIKU}",
        f"global.{HAIKU}",
        f"{HAIKU}-20261007-v1:0",
        f"arn:aws:bedrock:eu-west-1::foundation-model/{HAIKU}",
        f"arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.{HAIKU}",
    ],
)
def test_a_model_is_known_by_every_name_that_contains_its_id(model_id: str) -> None:
    """Regions, ARNs, dates and versions do not change what it takes."""
    assert capabilities_of(model_id) == capabilities_of(HAIKU) != UNKNOWN


@pytest.mark.parametrize(
    "model_id",
    [
        "somebody.model-1",
        "x",
        "",
        "anthropic.claude-haiku-5-6",
        "anthropic.claude-haiku-5",
        "arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/abc123def456",
    ],
)
def test_an_unknown_model_is_sent_nothing_that_it_might_refuse(model_id: str) -> None:
    """No schema, no cache point, no temperature, nothing on thinking; a successor may differ in all."""
    assert capabilities_of(model_id) == UNKNOWN
    request = converse_request(
        ModelChoice(model_id="x", capabilities=UNKNOWN, temperature=0.7), prompt(LONG * 9)
    )
    assert request.keys() == {"modelId", "system", "messages", "inferenceConfig"}
    assert request["inferenceConfig"].keys() == {"maxTokens"}
    assert list(request["system"]) == [{"text": LONG * 9}]


def test_the_default_model_is_asked_as_its_page_says() -> None:
    """No sampling parameters, not thinking, by a JSON tool, cached, and with its own tokenizer's limit."""
    choice = ModelChoice(model_id=HAIKU, capabilities=capabilities_of(HAIKU), temperature=0.7)
    asked = prompt(LONG, '{"type": "object"}')
    assert converse_request(choice, asked) == {
        "modelId": HAIKU,
        "system": [{"text": LONG}, {"cachePoint": {"type": "default"}}],
        "messages": [{"role": "user", "content": [{"text": "Write."}]}],
        "inferenceConfig": {"maxTokens": 400},
        "toolConfig": {
            "tools": [{"toolSpec": {"name": SCHEMA_NAME, "inputSchema": {"json": {"type": "object"}}}}],
            "toolChoice": {"tool": {"name": SCHEMA_NAME}},
        },
        "additionalModelRequestFields": {"thinking": {"type": "disabled"}},
    }


def test_text_that_is_too_short_is_not_cached() -> None:
    """Text with half the usual characters a token would be long enough for no model."""
    some = Capabilities(cache_from_tokens=1_024, chars_per_token=4)
    assert (some.caches("x" * 2_046), some.caches("x" * 2_048)) == (False, True)
    assert capabilities_of(HAIKU).cache_from_tokens == 512


@pytest.mark.parametrize("model_id", [*models(), str(MailerSettings.model_fields["mailer_model_id"].default)])
def test_every_model_with_a_price_is_known(model_id: str) -> None:
    """Including the default one: both tables are kept together."""
    assert capabilities_of(model_id) != UNKNOWN


@pytest.mark.parametrize("name", listed_models())
def test_our_longest_call_fits_each_model(name: str, make_facts: Callable[..., EmailFacts]) -> None:
    """With the most wordings: what is sent and the answer by its context, the answer by its limit."""
    listed, style = listed_models()[name], Style(brand="Fondly Shop", locale="en_IN", wordings=8)
    choice = ModelChoice(model_id=name, capabilities=listed)
    facts = make_facts(products=TOGETHER)
    together = joined([product_question(each, style).prompt for each in facts.products])
    for asked in (together, frame_question(facts, style).prompt):
        assert max_tokens(choice, asked) < listed.max_output_tokens
        assert sum(most_tokens(choice, asked).values()) < listed.context_tokens


def test_an_answer_is_never_allowed_more_than_its_model_writes() -> None:
    """A larger limit would be refused."""
    choice = ModelChoice(model_id="x", capabilities=UNKNOWN)
    assert max_tokens(choice, replace(prompt(), max_chars=1_000_000)) == UNKNOWN.max_output_tokens


@pytest.mark.parametrize("name", listed_models())
def test_every_models_request_is_one_of_converse(name: str) -> None:
    """As the AWS SDK knows it."""
    converse = get_session().get_service_model("bedrock-runtime").operation_model("Converse")
    assert converse.input_shape
    choice = ModelChoice(model_id=name, capabilities=listed_models()[name], temperature=0.7)
    report = ParamValidator().validate(converse_request(choice, prompt(LONG)), converse.input_shape)
    assert not report.has_errors(), report.generate_report()


@pytest.mark.filterwarnings("default:the row of:UserWarning")
@pytest.mark.parametrize("name", listed_models())
def test_a_row_is_compared_with_its_page_every_few_months(name: str) -> None:
    """A fact about a model is only as good as its page and day: a warning comes first, then a failure."""
    row = listed_models()[name]
    age_days = (datetime.now(UTC).date() - row.date).days
    assert row.page
    assert 0 <= age_days < FAIL_DAYS
    if age_days > WARN_DAYS:
        warnings.warn(f"the row of {name} was compared with its page {age_days} days ago", stacklevel=1)
