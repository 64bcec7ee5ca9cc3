"""Settings of ingest, and the rules for reading files that follow from them."""

import pytest

from fondly.ingest.domain.formats.fields import Kind
from fondly.ingest.settings import IngestSettings, load_rules
from fondly.runtime.settings import load_settings

RESOURCES = {
    "FONDLY_DATA_BUCKET": "data",
    "FONDLY_RUNS_TABLE": "runs",
    "FONDLY_RUN_FINISHED_TOPIC_ARN": "arn:finished",
    "FONDLY_INGEST_UPLOADS_QUEUE_URL": "https://queue.example",
    "FONDLY_DATA_INGESTED_TOPIC_ARN": "arn:ingested",
    "FONDLY_UPLOAD_READ_TOPIC_ARN": "arn:read",
    "FONDLY_INTERACTIONS_INGESTED_TOPIC_ARN": "arn:interactions",
    "FONDLY_PRODUCTS_TABLE": "products",
    "FONDLY_CUSTOMERS_TABLE": "customers",
    "FONDLY_CUSTOMER_KEYS_TABLE": "customer-keys",
    "FONDLY_DISPATCHES_TABLE": "dispatches",
    "FONDLY_SUPPRESSIONS_TABLE": "suppressions",
}


def loaded(monkeypatch: pytest.MonkeyPatch, **settings: str) -> IngestSettings:
    """The settings of an environment with these `FONDLY_INGEST_*` variables."""
    variables = {f"FONDLY_INGEST_{name.upper()}": value for name, value in settings.items()}
    for name, value in {**RESOURCES, **variables}.items():
        monkeypatch.setenv(name, value)
    return load_settings(IngestSettings)


def test_without_settings_files_are_those_of_the_kaggle_shop(monkeypatch: pytest.MonkeyPatch) -> None:
    """A first run needs no more than its resources; nobody under 18 is written to."""
    rules = load_rules(loaded(monkeypatch))
    defaults = rules.reading.defaults
    assert (defaults.currency, defaults.locale, defaults.time_zone) == ("INR", "en_IN", "UTC")
    assert rules.exclusion == (18, "")
    assert rules.max_rejected_share == 0.05
    assert rules.reading.max_bytes == 4 * 1024**3
    assert rules.reading.links.allows("any.example")


def test_every_setting_reaches_the_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a shop writes them: codes and names in any case become those of their standards."""
    settings = loaded(
        monkeypatch,
        currency="eur",
        locale="de_DE",
        time_zone="europe/berlin",
        max_rejected_share="0.2",
        minimum_age="16",
        consent_not_required="soft opt-in",
        link_hosts="shop.example, *.cdn.example,localhost:8026",
        max_bytes="1000",
    )
    rules = load_rules(settings)
    defaults = rules.reading.defaults
    assert (defaults.currency, defaults.locale, defaults.time_zone) == ("EUR", "de_DE", "Europe/Berlin")
    assert rules.exclusion == (16, "soft opt-in")
    assert (rules.max_rejected_share, rules.reading.max_bytes) == (0.2, 1000)
    links = rules.reading.links
    assert [links.allows(host) for host in ("shop.example", "a.cdn.example", "b.example")] == [
        True,
        True,
        False,
    ]
    assert links.names("localhost:8026")


def test_a_mapping_may_be_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    """In JSON, with the file patterns of a mapping.yaml; an empty text is none."""
    settings = loaded(monkeypatch, columns='{"files": {"ware*.csv": {"kind": "products"}}}')
    assert settings.ingest_columns is not None
    said = settings.ingest_columns.for_file("ware-1.csv")
    assert said is not None
    assert said.kind is Kind.PRODUCTS
    assert loaded(monkeypatch, columns=" ").ingest_columns is None


@pytest.mark.parametrize(
    ("setting", "value", "message"),
    [
        ("currency", "EURO", "FONDLY_INGEST_CURRENCY: Value error, found 'EURO', expected a currency in use"),
        (
            "locale",
            "german",
            "FONDLY_INGEST_LOCALE: Value error, found 'german', expected a locale such as de_DE",
        ),
        ("time_zone", "Berlin", "FONDLY_INGEST_TIME_ZONE: Value error, found 'Berlin', expected a time zone"),
        (
            "columns",
            '{"columns": {"A": "prise"}}',
            "FONDLY_INGEST_COLUMNS: Value error, FONDLY_INGEST_COLUMNS: line 1",
        ),
        ("columns", "{", "FONDLY_INGEST_COLUMNS: Value error"),
        ("link_hosts", "https://shop.example", "FONDLY_INGEST_LINK_HOSTS: Value error, found host"),
        (
            "max_rejected_share",
            "5",
            "FONDLY_INGEST_MAX_REJECTED_SHARE: Input should be less than or equal to 1",
        ),
        ("minimum_age", "-1", "FONDLY_INGEST_MINIMUM_AGE: Input should be greater than or equal to 0"),
        ("part_reviews", "0", "FONDLY_INGEST_PART_REVIEWS: Input should be greater than or equal to 1"),
        ("set_wait_s", "1000", "FONDLY_INGEST_SET_WAIT_S: Input should be less than or equal to 300"),
    ],
)
def test_a_setting_that_cannot_work_is_refused_in_one_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    setting: str,
    value: str,
    message: str,
) -> None:
    """With its name, what was found and what is expected; the service does not start."""
    with pytest.raises(SystemExit) as ended:
        loaded(monkeypatch, **{setting: value})
    assert ended.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("invalid settings: ")
    assert message in line
