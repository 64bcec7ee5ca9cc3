import pytest

from fondly.runtime.settings import ServiceSettings, load_settings
from fondly.runtime.tags import tags_of

GOOD = {"DATA_BUCKET": "b", "RUNS_TABLE": "r", "RUN_FINISHED_TOPIC_ARN": "arn:t"}


def test_settings_come_from_prefixed_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings without an `FONDLY_*` variable have defaults."""
    for name, value in GOOD.items():
        monkeypatch.setenv(f"FONDLY_{name}", value)
    monkeypatch.setenv("FONDLY_CONCURRENCY", "9")
    settings = load_settings(ServiceSettings)
    assert (settings.data_bucket, settings.concurrency, settings.drain_s) == ("b", 9, 25.0)


def test_invalid_settings_end_the_process_with_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The line names the variable of every problem, without a traceback or any value."""
    monkeypatch.setenv("FONDLY_DATA_BUCKET", "b")
    monkeypatch.setenv("FONDLY_RUNS_TABLE", "r")
    monkeypatch.setenv("FONDLY_CONCURRENCY", "secret")
    with pytest.raises(SystemExit) as ended:
        load_settings(ServiceSettings)
    assert ended.value.code == 2
    [line] = capsys.readouterr().err.splitlines()
    assert "FONDLY_RUN_FINISHED_TOPIC_ARN: Field required" in line
    assert "FONDLY_CONCURRENCY: Input should be a valid integer" in line
    assert "secret" not in line


def test_tags_say_whose_a_resource_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Project, deployment and run are ours to say; what a shop adds comes besides."""
    for name, value in (GOOD | {"RUNS_TABLE": "fondly-prod-runs"}).items():
        monkeypatch.setenv(f"FONDLY_{name}", value)
    monkeypatch.setenv("FONDLY_TAGS", '{"cost-center": "4711", "project": "other"}')
    settings = load_settings(ServiceSettings)
    assert tags_of(settings.environment, more=settings.tags) == {
        "cost-center": "4711",
        "project": "fondly",
        "stack": "fondly-prod",
    }


@pytest.mark.parametrize("tags", ['{"aws:x": "y"}', '{"a": "<b>"}', '{"": "x"}', "no JSON"])
def test_tags_that_aws_would_refuse_end_the_process(monkeypatch: pytest.MonkeyPatch, tags: str) -> None:
    """At start, not when the first resource is created."""
    for name, value in GOOD.items():
        monkeypatch.setenv(f"FONDLY_{name}", value)
    monkeypatch.setenv("FONDLY_TAGS", tags)
    with pytest.raises(SystemExit):
        load_settings(ServiceSettings)
