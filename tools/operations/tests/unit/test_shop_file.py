import re
from pathlib import Path

import pytest

from fondly.contracts.errors import InvalidFileError
from fondly.operations.shop import Origin, load_shop
from fondly.operations.shop.file import read_shop_file
from fondly.operations.shop.rendering import as_dotenv
from fondly.operations.shop.writing import Said, commented

SHOP = """
[brand]
name = "Tee und mehr"

[shop]
url = "https://www.tee.example"
currency = "EUR"
locale = "de_DE"

[columns.files."artikel.csv"]
kind = "products"
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A shop's file."""
    file = tmp_path / "fondly.toml"
    file.write_text(SHOP, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "[shop]\ncurency = 'EUR'",
            "fondly.toml:2: shop.curency: there is no such key; there are url, currency",
        ),
        (
            "[shops]",
            (
                "fondly.toml:1: shops: there is no such key;"
                " there are brand, theme, subjects, shop, hosts, columns"
            ),
        ),
        (
            "[shop]\nrequire_consent = true",
            "fondly.toml:2: shop.require_consent: was removed in 0.2.0: consent",
        ),
        ("[shop]\ncurrency = 'MRP'", "fondly.toml:2: shop.currency: found 'MRP', expected an ISO 4217 code"),
        ("[shop]\ncurrency = 'DEM'", "fondly.toml:2: shop.currency: found 'DEM', expected an ISO 4217 code"),
        ("[shop]\ncurrency = '€'", "fondly.toml:2: shop.currency: found '€', expected an ISO 4217 code"),
        (
            "[shop]\nlocale = 'fr_FR'",
            "fondly.toml:2: shop.locale: found 'fr_FR', expected a locale such as de_DE (emails are written",
        ),
        ("[shop]\nlocale = 'de-DE'", "fondly.toml:2: shop.locale: found 'de-DE', expected a locale such as"),
        (
            "[shop]\ntime_zone = 'Berlin'",
            "fondly.toml:2: shop.time_zone: found 'Berlin', expected an IANA time",
        ),
        ("[shop]\npicks = 0", "fondly.toml:2: shop.picks: found '0', expected a whole number from 1 to 12"),
        ("[shop]\npicks = '5'", "fondly.toml:2: shop.picks: found '5', expected a whole number from 1 to 12"),
        ("[shop]\nminimum_age = -1", "fondly.toml:2: shop.minimum_age: found '-1', expected a whole"),
        (
            "[shop]\nmax_rejected_share = 5",
            "fondly.toml:2: shop.max_rejected_share: found '5', expected a",
        ),
        (
            "[shop]\nurl = 'tee.example'",
            "fondly.toml:2: shop.url: found 'tee.example', expected an https URL",
        ),
        (
            "[hosts]\nlinks = 'a.example'",
            "fondly.toml:2: hosts.links: found 'a.example', expected a list of hosts",
        ),
        (
            "[hosts]\nlinks = [\n  'a.example',\n  'https://b.example'\n]",
            "fondly.toml:2: hosts.links.1: found host 'https://b.example', expected one such as shop.example",
        ),
        ("[hosts]\npictures = ['a.example,b.example']", "fondly.toml:2: hosts.pictures.0: found"),
        (
            "[columns]\nx = 2024-01-01",
            "fondly.toml:2: columns.x: found '2024-01-01', expected a table as in",
        ),
        (
            "[theme]\nlayout = 'wide'",
            "fondly.toml:2: theme.layout: found 'wide', expected hero, grid or list",
        ),
        ("shop = 3", "fondly.toml:1: shop: found '3', expected a table"),
    ],
)
def test_a_bad_file_is_refused_in_one_line(text: str, problem: str) -> None:
    """It names file, line and key, what was found and what is expected."""
    with pytest.raises(InvalidFileError) as refused:
        read_shop_file(text, file="fondly.toml")
    assert str(refused.value).startswith(problem)
    assert "\n" not in str(refused.value)


def test_all_problems_are_named_at_once() -> None:
    """Nobody corrects a file once for each."""
    with pytest.raises(InvalidFileError) as refused:
        read_shop_file("[shop]\ncurrency = 'EURO'\npicks = 99\n[brand]\nname = ''", file="fondly.toml")
    assert re.findall(r"fondly.toml:(\d)", str(refused.value)) == ["5", "2", "3"]


@pytest.mark.parametrize("code", ["DEM", "XXX", "MRP", "PCS", "eur"])
def test_a_currency_that_nobody_pays_with_is_refused(code: str) -> None:
    """The list is ingest's, which reads prices by it."""
    with pytest.raises(InvalidFileError, match=f"shop.currency: found '{code}', expected an ISO 4217 code"):
        read_shop_file(f"[shop]\ncurrency = '{code}'", file="fondly.toml")


def test_without_a_file_everything_has_its_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A first trial needs no settings."""
    monkeypatch.chdir(tmp_path)
    shop = load_shop(environment={})
    assert (shop.file, shop.variables, shop.applied.shop.currency) == (None, {}, "INR")
    assert shop.origin("shop.currency") is Origin.DEFAULT


def test_the_file_of_the_working_directory_is_read(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless another is named by an argument or by `FONDLY_CONFIG`."""
    monkeypatch.chdir(config.parent)
    assert load_shop(environment={}).applied.shop.currency == "EUR"
    other = config.with_name("other.toml")
    other.write_text("[shop]\ncurrency = 'CHF'", encoding="utf-8")
    assert load_shop(environment={"FONDLY_CONFIG": str(other)}).applied.shop.currency == "CHF"
    assert load_shop(config, environment={"FONDLY_CONFIG": str(other)}).applied.shop.currency == "EUR"


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    """A typing error does not mean "the defaults"."""
    with pytest.raises(
        InvalidFileError, match=r"missing\.toml: No such file or directory: expected a file as"
    ):
        load_shop(tmp_path / "missing.toml", environment={})


def test_the_environment_goes_first(config: Path) -> None:
    """And is known as such; what the file stands for stays what it was."""
    shop = load_shop(config, environment={"FONDLY_INGEST_CURRENCY": "CHF", "FONDLY_RECOMMENDER_PICKS": "3"})
    assert (shop.applied.shop.currency, shop.applied.shop.picks, shop.applied.shop.locale) == (
        "CHF",
        3,
        "de_DE",
    )
    assert shop.variables["FONDLY_INGEST_CURRENCY"] == "EUR"
    origins = [shop.origin(key) for key in ("shop.currency", "shop.locale", "shop.time_zone", "columns")]
    assert origins == [Origin.ENVIRONMENT, Origin.FILE, Origin.DEFAULT, Origin.FILE]


def test_lists_and_columns_come_from_the_environment_as_services_read_them(config: Path) -> None:
    """Hosts separated by commas, columns as JSON."""
    environment = {
        "FONDLY_MAILER_LINK_HOSTS": "a.example, *.a.example",
        "FONDLY_INGEST_COLUMNS": '{"files":{}}',
    }
    applied = load_shop(config, environment=environment).applied
    assert applied.hosts.links == ["a.example", "*.a.example"]
    assert applied.columns == {"files": {}}


def test_a_local_stack_serves_its_own_pages(config: Path) -> None:
    """Without TLS: what its mailer takes is no problem of the shop's file."""
    environment = {"FONDLY_MAILER_UNSUBSCRIBE_URL": "http://127.0.0.1:8080/unsubscribe"}
    assert load_shop(config, environment=environment).applied.brand.unsubscribe_url


def test_an_empty_variable_sets_nothing(config: Path) -> None:
    """As compose files pass on what nobody has set."""
    assert load_shop(config, environment={"FONDLY_INGEST_CURRENCY": ""}).applied.shop.currency == "EUR"


def test_files_may_be_in_a_language_that_no_email_is_written_in(config: Path) -> None:
    """Then ingest's variable says so, and the mailer's locale stays that of the file."""
    shop = load_shop(config, environment={"FONDLY_INGEST_LOCALE": "fr_FR"})
    assert shop.applied.shop.locale == "fr_FR"
    assert shop.variables["FONDLY_MAILER_LOCALE"] == "de_DE"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("FONDLY_INGEST_CURRENCY", "EURO"),
        ("FONDLY_INGEST_LOCALE", "German"),
        ("FONDLY_RECOMMENDER_PICKS", "many"),
        ("FONDLY_INGEST_COLUMNS", "{"),
        ("FONDLY_MAILER_LINK_HOSTS", "https://a.example"),
        ("FONDLY_INGEST_CONSENT_NOT_REQUIRED", "two\nlines"),
    ],
)
def test_a_bad_variable_is_refused_by_its_name(config: Path, variable: str, value: str) -> None:
    """The file is not what has to be corrected."""
    with pytest.raises(InvalidFileError, match=f"^{variable}: found .*, expected "):
        load_shop(config, environment={variable: value})


def test_columns_that_ingest_would_refuse_are_refused_at_once(config: Path) -> None:
    """With the line of their section and what is nearest, before a service fails to start by them."""
    config.write_text('[shop]\npicks = 3\n[columns.columns]\nArtikel = "product"\n', encoding="utf-8")
    with pytest.raises(InvalidFileError, match=r"fondly\.toml:3: columns: .*Artikel.*expected a field"):
        load_shop(config, environment={})


def test_links_may_lead_to_the_shops_address(config: Path) -> None:
    """And to the hosts below it, unless the file lists hosts."""
    assert (
        load_shop(config, environment={}).variables["FONDLY_MAILER_LINK_HOSTS"] == "tee.example,*.tee.example"
    )
    config.write_text(f"{SHOP}\n[hosts]\nlinks = ['a.example']", encoding="utf-8")
    assert load_shop(config, environment={}).variables["FONDLY_MAILER_LINK_HOSTS"] == "a.example"


def test_files_may_name_hosts_of_links_and_pictures_once_both_are_known(config: Path) -> None:
    """Ingest has one list for both: with the hosts of links alone, it would drop every picture."""
    shop = load_shop(config, environment={})
    assert (shop.ingest_hosts, "FONDLY_INGEST_LINK_HOSTS" in shop.variables) == ((), False)
    config.write_text(f"{SHOP}\n[hosts]\npictures = ['cdn.example', 'tee.example']", encoding="utf-8")
    shop = load_shop(config, environment={})
    assert shop.ingest_hosts == ("tee.example", "*.tee.example", "cdn.example")
    assert shop.variables["FONDLY_INGEST_LINK_HOSTS"] == "tee.example,*.tee.example,cdn.example"
    assert load_shop(config, environment={"FONDLY_INGEST_LINK_HOSTS": "a.example"}).ingest_hosts == (
        "a.example",
    )


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("EUR", "A=EUR"),
        ("Tee & mehr", "A='Tee & mehr'"),
        ("Tee's", 'A="Tee\'s"'),
        ("Tee's $5", "A='Tee\\'s $5'"),
    ],
)
def test_values_are_quoted_for_compose(value: str, line: str) -> None:
    """Nothing in them is expanded."""
    assert as_dotenv({"A": value}) == f"{line}\n"


def test_a_written_file_says_what_was_answered_and_explains_the_rest() -> None:
    """Every key is there, and a key without its comment mark is one that can be read."""
    text = commented(Said({"brand.name": 'Tee "und" mehr', "hosts.links": ["tee.example"], "shop.picks": 3}))
    read = read_shop_file(text, file="fondly.toml")
    assert (read.brand.name, read.hosts.links, read.shop.picks) == ('Tee "und" mehr', ["tee.example"], 3)
    uncommented = re.sub(r"^# (\w+ = |\[)", r"\1", commented(Said({})), flags=re.MULTILINE)
    whole = read_shop_file(uncommented, file="fondly.toml")
    assert whole.model_fields_set == {"brand", "shop", "hosts", "theme", "subjects", "columns"}
    assert whole.shop.model_fields_set == set(type(whole.shop).model_fields)
