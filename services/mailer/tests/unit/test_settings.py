import json
import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from fondly.contracts.errors import InvalidFileError
from fondly.mailer.domain.copy.subjects import SubjectTest
from fondly.mailer.domain.message.links import UnsubscribeEndpoint
from fondly.mailer.domain.message.shop_file import BrandSection, SubjectsSection
from fondly.mailer.settings import BRAND_SETTINGS, MailerSettings
from fondly.mailer.use_cases.shape_emails import composer, style, subject_test

RESOURCES = {
    "data_bucket": "b",
    "runs_table": "t",
    "run_finished_topic_arn": "a",
    "mailer_queue_url": "u",
    "emails_table": "t",
    "copy_answers_table": "t",
    "suppressions_table": "t",
    "contacts_table": "t",
    "dispatches_table": "t",
    "email_finished_topic_arn": "a",
}


def test_a_first_run_needs_no_settings_but_resources() -> None:
    """Everything else has a default that is safe to try."""
    settings = MailerSettings.model_validate(RESOURCES)
    assert settings.mailer_model_id
    assert settings.mailer_unsubscribe_url is None


@pytest.mark.parametrize(
    "changes",
    [
        {"mailer_from_address": "hello@shop.example\r\nBcc: x@evil.example"},
        {"mailer_from_address": "nobody"},
        {"mailer_from_address": "häns@shop.example"},
        {"mailer_locale": "fr_FR"},
        {"mailer_unsubscribe_url": "https://shop.example/u"},
        {"mailer_unsubscribe_address": "nobody"},
        {"mailer_unsubscribe_url": "http://shop.example/u", "mailer_unsubscribe_key": "secret"},
        {"mailer_unsubscribe_url": "https://shop.example/u>,<x", "mailer_unsubscribe_key": "secret"},
        {"mailer_unsubscribe_url": "http://127.0.0.1.evil.example:80/u", "mailer_unsubscribe_key": "secret"},
        {"mailer_unsubscribe_url": "http://localhost:1@evil.example/u", "mailer_unsubscribe_key": "secret"},
        {"mailer_converse_concurrency": 0},
        {"mailer_link_hosts": "https://shop.example"},
        {"mailer_image_hosts": "shop.example,b c"},
        {"mailer_view_online_url": "https://shop.example/v"},
        {"mailer_converse_rpm": 0},
        {"mailer_guardrail_id": "abc123"},
        {"mailer_guardrail_id": "abc123", "mailer_guardrail_version": "latest"},
    ],
)
def test_settings_that_cannot_work_are_refused(changes: dict[str, object]) -> None:
    """The service refuses them before it receives a message."""
    with pytest.raises(ValidationError):
        MailerSettings.model_validate(RESOURCES | changes)


def test_a_trial_on_this_machine_needs_no_tls() -> None:
    """Its pages are on the loopback interface; every other address is https."""
    url = "http://127.0.0.1:8091/unsubscribe"
    settings = MailerSettings.model_validate(
        RESOURCES | {"mailer_unsubscribe_url": url, "mailer_unsubscribe_key": "secret"}
    )
    assert settings.mailer_unsubscribe_url == url


@pytest.mark.parametrize(("value", "temperature"), [("0", 0.0), ("0.3", 0.3), ("", None)])
def test_temperature_is_optional(
    value: str, temperature: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty variable means none; zero is a temperature."""
    for name, resource in (RESOURCES | {"mailer_temperature": value}).items():
        monkeypatch.setenv(f"FONDLY_{name.upper()}", resource)
    assert MailerSettings().mailer_temperature == temperature


def test_the_senders_domain_may_be_internationalised() -> None:
    """Headers then have its ASCII form."""
    settings = MailerSettings.model_validate(RESOURCES | {"mailer_from_address": "hello@bücher.example"})
    assert settings.mailer_from_address == "hello@xn--bcher-kva.example"


def test_the_unsubscribe_key_is_never_printed() -> None:
    """Settings may be logged."""
    settings = MailerSettings.model_validate(
        RESOURCES | {"mailer_unsubscribe_url": "https://shop.example/u", "mailer_unsubscribe_key": "s3cr3t"}
    )
    assert "s3cr3t" not in repr(settings)


def test_the_readme_lists_every_setting_with_its_default() -> None:
    """Whoever deploys the mailer finds all that can be set in one table."""
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8").splitlines()
    for name, field in MailerSettings.model_fields.items():
        if name.startswith("mailer_"):
            [row] = [line for line in readme if f"`FONDLY_{name.upper()}`" in line]
            if isinstance(field.default, (int, float)):
                assert f"| `{field.default:g}` |" in row, name


def test_the_shops_file_fills_what_the_environment_leaves_out() -> None:
    """Whoever sets a variable means it, also where the file says something else."""
    settings = MailerSettings.model_validate(RESOURCES | {"mailer_brand_name": "Kaffee & Kuchen"})
    brand = BrandSection(name="Tee und mehr", voice="dry and precise", from_address="post@tee.example")
    filled = settings.with_brand(brand, file="fondly.toml")
    assert (filled.mailer_brand_name, filled.mailer_brand_voice) == ("Kaffee & Kuchen", "dry and precise")
    assert filled.mailer_from_address == "post@tee.example"
    assert filled.mailer_postal_address == settings.mailer_postal_address


def test_advice_and_remedy_of_the_shop_reach_the_writer() -> None:
    """From the file, or as JSON from the environment; an empty variable sets nothing."""
    empty = MailerSettings.model_validate(
        RESOURCES | {"mailer_brand_do": "", "mailer_brand_dont": '["no puns"]'}
    )
    brand = BrandSection(do=["be dry"], sentences=["We pack by hand."], remedy="Write to us.", strict=True)
    written = style(empty.with_brand(brand, file="fondly.toml"))
    assert (written.do, written.dont) == ((), ("no puns",))
    assert (written.sentences, written.remedy, written.strict) == (
        ("We pack by hand.",),
        "Write to us.",
        True,
    )
    assert (empty.judge_model_id, empty.mailer_judge) == (empty.mailer_model_id, "on")


def test_every_key_of_the_brand_is_a_setting() -> None:
    """A new key that fills nothing fails here."""
    assert set(BRAND_SETTINGS) == set(BrandSection.model_fields)
    assert set(BRAND_SETTINGS.values()) <= set(MailerSettings.model_fields)


SUBJECTS = {"variants": {"plain": "{subject}", "named": "{customer.first_name}, {subject}"}}


def test_a_comparison_of_subjects_is_read_from_json_and_goes_before_the_files() -> None:
    """As the shop's other settings; an empty variable, as compose passes it on, sets nothing."""
    of_file = SubjectsSection.model_validate({"name": "of-the-file", **SUBJECTS})
    empty = MailerSettings.model_validate(RESOURCES | {"mailer_subjects": ""})
    assert empty.with_subjects(None).mailer_subjects is None
    assert empty.with_subjects(of_file).mailer_subjects == of_file
    given = MailerSettings.model_validate(RESOURCES | {"mailer_subjects": json.dumps(SUBJECTS)})
    assert given.with_subjects(of_file).mailer_subjects == given.mailer_subjects
    assert subject_test(given) == SubjectTest("subjects", SUBJECTS["variants"])


@pytest.mark.parametrize(
    ("variants", "problem"),
    [
        ({"plain": "{subject}"}, "at least 2 items"),
        ({"plain": "{subject}", "Named": "{customer.first_name}, {subject}"}, "pattern"),
        ({"plain": "{subject}", "same": "{subject}"}, "same template under two names"),
        ({"plain": "{subject}", "priced": "{1.price}: {subject}"}, "found '{1.price}: {subject}', expected"),
        ({"plain": "{subject}", "linked": "http://evil.example {subject}"}, "found a link"),
    ],
)
def test_a_comparison_that_compares_nothing_is_refused(variants: dict[str, str], problem: str) -> None:
    """One variant, two that are equal, names that providers' tags cannot carry, slots that nobody knows."""
    with pytest.raises(ValidationError, match=re.escape(problem)):
        MailerSettings.model_validate(RESOURCES | {"mailer_subjects": json.dumps({"variants": variants})})


def test_words_that_no_subject_may_have_stop_the_service() -> None:
    """By the variant's name, with the rule and the word that breaks it."""
    variants = {"plain": "{subject}", "best": "The best for you: {subject}"}
    settings = MailerSettings.model_validate(RESOURCES | {"mailer_subjects": {"variants": variants}})
    with pytest.raises(
        InvalidFileError, match=r"^subjects\.variants\.best: found .*, expected .* \('the best'\)$"
    ):
        subject_test(settings)


@pytest.mark.parametrize("url", [None, "https://shop.example/u"])
def test_mails_that_unsubscribe_go_to_the_address_that_is_read(url: str | None) -> None:
    """They are signed with the key, whether there is a page too; without an address they go to the sender."""
    given = RESOURCES | {"mailer_unsubscribe_key": "k", "mailer_unsubscribe_url": url}
    token = UnsubscribeEndpoint("", b"k").token("C1")
    addresses = {"hello@shop.example": None, "replies@in.shop.example": "replies@in.shop.example"}
    for address, setting in addresses.items():
        settings = MailerSettings.model_validate(given | {"mailer_unsubscribe_address": setting})
        [*links, mail] = composer(settings)._unsubscribe_uris("C1")
        assert mail == f"mailto:{address}?subject=unsubscribe%20{token}"
        assert links == ([f"{url}?t={token}"] if url else [])


def test_an_unsubscribe_address_of_the_file_needs_a_key() -> None:
    """Without one its links would carry no token, and nobody could unsubscribe."""
    brand = BrandSection(unsubscribe_url="https://tee.example/u")
    with pytest.raises(InvalidFileError, match=r"brand\.unsubscribe_url: found no key"):
        MailerSettings.model_validate(RESOURCES).with_brand(brand, file="fondly.toml")
    signed = MailerSettings.model_validate(
        RESOURCES | {"mailer_unsubscribe_url": "https://x.example/u", "mailer_unsubscribe_key": "k"}
    )
    assert signed.with_brand(brand, file="fondly.toml").mailer_unsubscribe_url == "https://x.example/u"
