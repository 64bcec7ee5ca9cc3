"""The web process refuses settings that would let in strangers, or that mean nothing."""

import pytest
from pydantic import SecretStr, ValidationError

from fondly.recommender.settings import RecommenderWebSettings
from fondly.runtime.hosts import is_loopback
from fondly.runtime.settings import load_settings
from services.recommender.tests.real_time import KEY, web_settings


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.9.9.9"])
def test_this_machine_may_be_answered_without_a_key(host: str) -> None:
    """Nobody else reaches a loopback address."""
    assert is_loopback(host)
    assert web_settings(recommender_web_host=host, recommender_web_keys=SecretStr("")).keys == ()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "web.example"])  # noqa: S104 - refused
def test_any_other_address_needs_a_key(host: str) -> None:
    """Commas and spaces are none."""
    assert not is_loopback(host)
    assert web_settings(recommender_web_host=host).keys == (KEY,)
    with pytest.raises(ValidationError, match=rf"at least one because {host} is not a loopback address"):
        web_settings(recommender_web_host=host, recommender_web_keys=SecretStr(" , "))


def test_a_key_that_can_be_guessed_is_refused_and_not_told() -> None:
    """Not even in the error."""
    with pytest.raises(ValidationError, match="fewer than 20 characters") as caught:
        web_settings(recommender_web_keys=SecretStr(f"{KEY},hunter2"))
    assert "hunter2" not in str(caught.value)
    assert "nobody guesses" not in repr(web_settings())


def test_keys_are_told_apart_by_commas() -> None:
    """Each once; spaces around them do not count."""
    other = "another key that nobody guesses"
    assert web_settings(recommender_web_keys=SecretStr(f" {KEY} ,{other},{KEY},")).keys == (KEY, other)


def test_what_is_wrong_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With every problem, by the names of the variables."""
    for name in ("DATA_BUCKET", "RUNS_TABLE", "RECOMMENDATIONS_TABLE"):
        monkeypatch.setenv(f"FONDLY_{name}", "x")
    monkeypatch.setenv("FONDLY_RECOMMENDER_WEB_PORT", "70000")
    with pytest.raises(SystemExit) as caught:
        load_settings(RecommenderWebSettings)
    [line] = capsys.readouterr().err.splitlines()
    assert caught.value.code == 2
    assert "FONDLY_HISTORIES_TABLE: Field required" in line
    assert "FONDLY_RECOMMENDER_WEB_PORT: " in line
