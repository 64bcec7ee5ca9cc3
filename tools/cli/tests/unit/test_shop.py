import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from fondly.cli.tables.declaration import Table
from fondly.cli.tables.drawing import draw
from fondly.cli.tables.settings import SETTINGS
from fondly.operations.shop import load_shop
from fondly.operations.shop.file import read_shop_file
from fondly.operations.shop.rows import rows
from fondly.operations.shop.writing import SCHEMA_FILE, schema_text
from tools.cli.tests.conftest import Fondly
from tools.cli.tests.screens import Show, compare, in_pipe, on_terminal

SHOP = """
[brand]
name = "Tee und mehr"
postal_address = "Tee und mehr GmbH, Beispielstraße 12, 20095 Hamburg, Deutschland"

[shop]
url = "https://www.tee.example"
currency = "EUR"
locale = "de_DE"

[columns.columns]
"Artikelnummer" = "product_id"
"Preis (brutto)" = "discounted_price"

[theme]
name = "market"
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, without a file."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "de_AT.UTF-8")
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.delenv("FONDLY_CONFIG", raising=False)
    return tmp_path


@pytest.fixture
def config(folder: Path) -> Path:
    """The shop's file in the working directory."""
    file = folder / "fondly.toml"
    file.write_text(SHOP, encoding="utf-8")
    return file


@pytest.fixture
def table(config: Path) -> Show:
    """What applies if two variables are set, of which one is only the mailer's."""
    environment = {"FONDLY_INGEST_MAX_REJECTED_SHARE": "0.2", "FONDLY_MAILER_LOCALE": "en_GB"}
    found = rows(load_shop(config, environment=environment), environment)

    def show(screen: Console) -> None:
        draw([Table(SETTINGS, found)], screen)

    return show


def test_a_terminal_shows_what_applies(table: Show) -> None:
    """In 80 columns, each value with where it comes from."""
    compare(__file__, "config_show-80", on_terminal(table))


def test_a_pipe_gets_the_same(table: Show, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither wrapped nor cut."""
    compare(__file__, "config_show-pipe", in_pipe(table, capsys))


def test_the_file_that_is_read_is_named(run_fondly: Fondly, config: Path) -> None:
    """Beside the answer; without one, the way to one."""
    assert run_fondly("config", "show").err == "file: fondly.toml\n"
    config.unlink()
    shown = run_fondly("config", "show")
    assert shown.code == 0
    assert shown.err == ("there is no fondly.toml here: `fondly init` writes one, --config names another\n")


def test_variables_that_go_first_are_named(
    run_fondly: Fondly, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody who wonders why the file has no effect finds the reason."""
    monkeypatch.setenv("FONDLY_INGEST_CURRENCY", "CHF")
    monkeypatch.setenv("FONDLY_MAILER_LOCALE", "en_GB")
    shown = run_fondly("config", "show", "--config", str(config))
    assert shown.err.splitlines()[1] == "environment: FONDLY_INGEST_CURRENCY, FONDLY_MAILER_LOCALE"


def test_programs_get_what_applies_as_json(
    run_fondly: Fondly, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With origin and variables."""
    monkeypatch.setenv("FONDLY_CONFIG", str(config))
    monkeypatch.setenv("FONDLY_INGEST_CURRENCY", "CHF")
    found = {row["key"]: row for row in run_fondly("config", "show", "--json").json}
    assert found["shop.currency"] == {
        "key": "shop.currency",
        "value": "CHF",
        "origin": "environment",
        "variables": ["FONDLY_INGEST_CURRENCY"],
    }
    assert found["columns"]["value"] == {
        "columns": {"Artikelnummer": "product_id", "Preis (brutto)": "discounted_price"}
    }


def test_variables_are_printed_for_compose_and_terraform(run_fondly: Fondly, config: Path) -> None:
    """What the file says, whatever is set here."""
    answer = run_fondly("config", "env", "--config", str(config))
    assert (answer.code, answer.err) == (0, "")
    assert "FONDLY_MAILER_BRAND_NAME='Tee und mehr'\n" in answer.out
    printed = run_fondly("config", "tfvars", "--config", str(config)).json
    assert set(printed) == {"shop"}
    assert printed["shop"]["ingest"]["FONDLY_INGEST_LOCALE"] == "de_DE"


def test_a_secret_that_is_missing_is_named(run_fondly: Fondly, config: Path) -> None:
    """It is in no file, so nothing prints it."""
    config.write_text("[brand]\nunsubscribe_url = 'https://tee.example/u'", encoding="utf-8")
    answer = run_fondly("config", "env")
    assert answer.out.endswith("\nFONDLY_MAILER_UNSUBSCRIBE_URL=https://tee.example/u\n")
    assert "FONDLY_MAILER_UNSUBSCRIBE_KEY" in answer.err


@pytest.mark.parametrize("command", ["show", "env", "tfvars"])
def test_a_bad_file_ends_a_command_in_one_line(run_fondly: Fondly, config: Path, command: str) -> None:
    """With file, line and key."""
    config.write_text("[shop]\ncurrency = 'MRP'", encoding="utf-8")
    answer = run_fondly("config", command)
    assert (answer.code, answer.out) == (1, "")
    assert answer.err == "fondly.toml:2: shop.currency: found 'MRP', expected an ISO 4217 code such as EUR\n"


@pytest.mark.parametrize("command", [["demo"], ["up"]])
def test_a_stack_does_not_start_with_a_bad_file(run_fondly: Fondly, config: Path, command: list[str]) -> None:
    """The reason is told before anything is started."""
    config.write_text("[shop]\nlocale = 'fr_FR'", encoding="utf-8")
    answer = run_fondly(*command)
    assert answer.code == 1
    assert answer.err.startswith("fondly.toml:2: shop.locale: found 'fr_FR', expected a locale such as de_DE")


@pytest.mark.parametrize("command", ["env", "tfvars"])
def test_without_a_file_there_is_nothing_to_print(run_fondly: Fondly, command: str) -> None:
    """An empty answer would unset what a deployment has."""
    answer = run_fondly("config", command)
    assert (answer.code, answer.out) == (1, "")
    assert "fondly init" in answer.err


def test_the_schema_is_printed(run_fondly: Fondly) -> None:
    """For editors."""
    assert run_fondly("config", "schema").out == schema_text()


def test_a_first_file_is_written_without_questions(run_fondly: Fondly, folder: Path) -> None:
    """It says what the files prove; what is only likely, or missing, is a comment, and is listed."""
    (folder / "shop").mkdir()
    (folder / "shop" / "a.csv").write_text("Nr;Preis\n1;5,00 CHF\n2;CHF 6\n", encoding="utf-8")
    (folder / "shop" / "notes.txt").write_text("call the printer")
    answer = run_fondly("init", "shop", "--yes")
    assert answer.code == 0
    text = (folder / "fondly.toml").read_text("utf-8")
    assert read_shop_file(text, file="fondly.toml").model_dump(exclude_unset=True) == {
        "brand": {},
        "shop": {"currency": "CHF"},
        "hosts": {},
    }
    assert '# locale = "de_CH"  # to confirm: a likely one where people pay in CHF\n' in text
    assert 'shop.currency: "CHF", 2 of 2 prices say so' in answer.err
    assert answer.err.splitlines()[-1] == (
        "to fill in, marked in fondly.toml: brand.name, brand.from_address, brand.postal_address, shop.url,"
        " shop.locale, shop.time_zone"
    )
    assert json.loads((folder / SCHEMA_FILE).read_text("utf-8"))["title"] == "fondly.toml"


def test_a_file_is_never_overwritten_unasked(run_fondly: Fondly, config: Path) -> None:
    """Somebody may have written into it for hours."""
    answer = run_fondly("init", "--yes")
    assert (answer.code, config.read_text("utf-8")) == (1, SHOP)
    assert answer.err == "fondly.toml exists: change it there, or replace it with --force\n"
    assert run_fondly("init", "--yes", "--force").code == 0
    assert config.read_text("utf-8") != SHOP


def test_without_a_terminal_nothing_is_asked(run_fondly: Fondly, folder: Path) -> None:
    """The message says what to do instead."""
    answer = run_fondly("init")
    assert (answer.code, answer.err) == (
        1,
        "no terminal to ask on: `fondly init --yes` takes what the files prove\n",
    )
    assert list(folder.iterdir()) == []


def test_questions_are_asked_on_a_terminal(folder: Path) -> None:
    """Enter takes a suggestion, a bad answer is explained and asked again; answers lead to suggestions."""
    answers = ["Tee", "https://www.tee.example", "", "", "", "EURO", "CHF", "", "soft opt-in", "", ""]
    code, said = on_pty(["init"], answers, folder)
    assert code == 0, said
    written = read_shop_file((folder / "fondly.toml").read_text("utf-8"), file="fondly.toml")
    assert (written.brand.name, written.brand.from_address) == ("Tee", "hello@tee.example")
    assert (written.shop.locale, written.shop.currency) == ("de_AT", "CHF")
    assert written.shop.consent_not_required == "soft opt-in"
    assert "de_AT: this machine's" in said
    assert "to fill in, marked in fondly.toml: brand.postal_address\n" in said
    assert written.hosts.links == ["tee.example", "*.tee.example"]
    assert "found 'EURO', expected an ISO 4217 code such as EUR" in said
    assert written.brand.postal_address is None


def on_pty(words: list[str], answers: list[str], folder: Path) -> tuple[int, str]:
    """Run `fondly` on a terminal of its own; return its exit code and what it says."""
    own, its = pty.openpty()
    os.write(own, "".join(f"{answer}\n" for answer in answers).encode())
    command = [sys.executable, "-m", "fondly.cli", *words]
    done = subprocess.run(command, stdin=its, capture_output=True, text=True, check=False, cwd=folder)  # noqa: S603 - our own command
    os.close(its)
    os.close(own)
    return done.returncode, done.stdout + done.stderr
