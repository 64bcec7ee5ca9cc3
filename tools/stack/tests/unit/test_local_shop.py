"""A shop's file for a local stack."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fondly.contracts.errors import InvalidFileError
from fondly.operations.shop import load_shop
from fondly.operations.shop.loading import UNSUBSCRIBE_KEY
from fondly.operations.shop.rendering import CONSENT_NOT_REQUIRED, TRIAL
from fondly.stack.local_shop import stack_variables, with_shop


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A shop's file."""
    file = tmp_path / "fondly.toml"
    file.write_text('[brand]\nname = "Tee und mehr"\n\n[shop]\nlocale = "de_DE"\ncurrency = "EUR"\n', "utf-8")
    return file


def test_a_local_stack_starts_with_the_shops_settings(config: Path, tmp_path: Path) -> None:
    """They are in the environment that its processes inherit, and gone afterwards."""
    seen: dict[str, str] = {}

    @contextmanager
    def stack(log_dir: Path) -> Iterator[Path]:
        seen.update(os.environ)
        yield log_dir

    with with_shop(stack, load_shop(config, environment={}))(tmp_path) as started:
        assert started == tmp_path
    assert seen["FONDLY_MAILER_BRAND_NAME"] == "Tee und mehr"
    assert seen["FONDLY_CONFIG"] == str(config)
    assert "FONDLY_MAILER_BRAND_NAME" not in os.environ


def test_explicit_variables_reach_a_local_stack(config: Path) -> None:
    """They go before the file."""
    variables = stack_variables(load_shop(config, environment={}), {"FONDLY_MAILER_LOCALE": "en_GB"})
    assert (variables["FONDLY_MAILER_LOCALE"], variables["FONDLY_INGEST_LOCALE"]) == ("en_GB", "de_DE")


def test_only_without_a_shops_file_is_a_local_stack_a_trial(config: Path) -> None:
    """With one, consent is required unless the file says why not."""
    with_file, without = (stack_variables(load_shop(file, environment={}), {}) for file in (config, None))
    assert (with_file[CONSENT_NOT_REQUIRED], without) == ("", TRIAL)


def test_the_made_up_shop_keeps_its_own_data(config: Path) -> None:
    """A shop tries its look before it has a file: the sample is in rupees, and its links lead elsewhere."""
    variables = stack_variables(load_shop(config, environment={}), {}, made_up_data=True)
    assert {name for name in variables if "INGEST" in name or "HOSTS" in name} == {*TRIAL}
    assert variables["FONDLY_MAILER_LOCALE"] == "de_DE"


def test_a_local_stack_makes_up_the_key_of_unsubscribe_links(config: Path) -> None:
    """The file holds no secret, and without a key the mailer would not start."""
    config.write_text("[brand]\nunsubscribe_url = 'https://tee.example/u'", encoding="utf-8")
    shop = load_shop(config, environment={})
    assert len(stack_variables(shop, {})[UNSUBSCRIBE_KEY]) >= 32
    assert stack_variables(shop, {UNSUBSCRIBE_KEY: "own"})[UNSUBSCRIBE_KEY] == "own"


def test_a_theme_that_cannot_be_used_stops_a_stack_before_it_starts(config: Path) -> None:
    """Not the mailer after it."""
    config.write_text("[theme.colours.light]\nmuted = '#999999'", encoding="utf-8")
    with pytest.raises(InvalidFileError, match="a contrast of"):
        stack_variables(load_shop(config, environment={}), {})
