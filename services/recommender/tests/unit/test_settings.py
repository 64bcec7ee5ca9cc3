import re
from dataclasses import fields
from pathlib import Path

import pytest

from fondly.recommender.domain.picking.rules import DEFAULT_PICKS, MAX_PICKS, Rules
from fondly.recommender.domain.shop.merchandising import read_shop_rules
from fondly.recommender.settings import RecommenderSettings
from fondly.runtime.settings import load_settings

README = Path(__file__).parents[2] / "README.md"
RESOURCES = {
    "DATA_BUCKET": "b",
    "RUNS_TABLE": "t",
    "RUN_FINISHED_TOPIC_ARN": "arn:t",
    "RECOMMENDER_QUEUE_URL": "u",
    "RECOMMENDATIONS_TABLE": "t",
    "HISTORIES_TABLE": "t",
    "CONTACTS_TABLE": "t",
    "SUPPRESSIONS_TABLE": "t",
    "RECOMMENDATIONS_READY_TOPIC_ARN": "arn:t",
    "SAFETY_REPORTED_TOPIC_ARN": "arn:t",
    "PERSONALIZE_ROLE_ARN": "arn:r",
}


@pytest.fixture(autouse=True)
def resources(monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings that a service is always given."""
    for name, value in RESOURCES.items():
        monkeypatch.setenv(f"FONDLY_{name}", value)


def test_the_rules_have_defaults() -> None:
    """A first run needs none of them, and Personalize is asked for enough products to choose from."""
    settings = load_settings(RecommenderSettings)
    assert settings.recommender_rules == Rules()
    assert settings.recommender_num_results == 150


def test_each_figure_of_the_rules_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The others keep their defaults."""
    monkeypatch.setenv("FONDLY_RECOMMENDER_RULES__MAX_PER_LEAF", "1")
    monkeypatch.setenv("FONDLY_RECOMMENDER_RULES__MIN_RATING", "3.5")
    expected = Rules(max_per_leaf=1, min_rating=3.5)
    assert load_settings(RecommenderSettings).recommender_rules == expected


@pytest.mark.parametrize("picks", range(1, MAX_PICKS + 1))
def test_the_number_of_picks_is_a_setting(monkeypatch: pytest.MonkeyPatch, picks: int) -> None:
    """From one to twelve, five by default; Personalize is asked for enough to choose any of them from."""
    assert load_settings(RecommenderSettings).recommender_picks == DEFAULT_PICKS
    monkeypatch.setenv("FONDLY_RECOMMENDER_PICKS", str(picks))
    assert load_settings(RecommenderSettings).recommender_picks == picks


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("RULES__MAX_PER_LEAF", "13", "FONDLY_RECOMMENDER_RULES__MAX_PER_LEAF: Input should be less than or"),
        ("RULES__MIN_RATING", "good", "FONDLY_RECOMMENDER_RULES__MIN_RATING: Input should be a valid number"),
        (
            "RULES__MAX_PER_SHOP",
            "1",
            "FONDLY_RECOMMENDER_RULES__MAX_PER_SHOP: Extra inputs are not permitted",
        ),
        ("PICKS", "13", "FONDLY_RECOMMENDER_PICKS: Input should be less than or equal to 12"),
        ("PICKS", "0", "FONDLY_RECOMMENDER_PICKS: Input should be greater than or equal to 1"),
        ("NUM_RESULTS", "24", "recommender_num_results: found 24, expected at least 25 for 5 picks"),
        ("RULES", "strict", 'error parsing value for field "recommender_rules"'),
    ],
)
def test_a_bad_figure_ends_the_process_with_one_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    value: str,
    problem: str,
) -> None:
    """The line names the variable; a name that is not a rule is one too."""
    monkeypatch.setenv(f"FONDLY_RECOMMENDER_{name}", value)
    with pytest.raises(SystemExit) as ended:
        load_settings(RecommenderSettings)
    assert ended.value.code == 2
    [line] = capsys.readouterr().err.splitlines()
    assert problem in line


@pytest.mark.parametrize("name", Rules.model_fields)
def test_every_figure_is_documented_with_its_default(name: str) -> None:
    """The README says what a change does."""
    default = Rules.model_fields[name].default
    assert f"| `{name}` | {default} | " in README.read_text()


def test_the_readmes_example_of_the_shops_file_can_be_used() -> None:
    """A marketer starts from it."""
    (example,) = re.findall(r"```yaml\n(.+?)```", README.read_text(), re.DOTALL)
    rules = read_shop_rules(example.encode(), file="README.md")
    assert all(getattr(rules, member.name) for member in fields(rules))


@pytest.mark.parametrize(("interval_s", "polls"), [("60", 60), ("900", 4), ("7", 515), ("1", 3600)])
def test_an_hour_of_silence_is_counted_in_polls(
    monkeypatch: pytest.MonkeyPatch, interval_s: str, polls: int
) -> None:
    """However far apart they are."""
    monkeypatch.setenv("FONDLY_RECOMMENDER_POLL_INTERVAL_S", interval_s)
    assert load_settings(RecommenderSettings).silent_polls == polls


def test_a_campaign_needs_rankings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a version there is nothing that it could answer by."""
    monkeypatch.setenv("FONDLY_RECOMMENDER_CAMPAIGN", "true")
    assert load_settings(RecommenderSettings).recommender_campaign
    monkeypatch.setenv("FONDLY_RECOMMENDER_RANKING", "off")
    with pytest.raises(SystemExit):
        load_settings(RecommenderSettings)
