"""The example shops, from `fondly check` to finished emails, with the commands that their README names."""

import csv
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from email import message_from_bytes, policy
from email.utils import getaddresses
from pathlib import Path
from typing import Any

import pytest

PRODUCT = re.compile(r"^\d+\. ", re.MULTILINE)
EXAMPLES = Path(__file__).parents[2] / "examples"
pytestmark = pytest.mark.timeout(700)


def fondly(folder: Path, *words: str) -> str:
    """Run the command in a folder, without anything of the developer's environment; return what it prints."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "FONDLY_"))
    }
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "fondly.cli", *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def rows(path: Path, delimiter: str = ",") -> Iterator[Mapping[str, str]]:
    """The rows of one of the example's files."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter=delimiter)


def emails(folder: Path) -> dict[str, str]:
    """The plain text of every email by its recipient; it has a picture of each product, and carries it."""
    found = {}
    for path in (folder / "emails").glob("*.eml"):
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        ((_, address),) = getaddresses([str(message["To"])])
        body, html = message.get_body(("plain",)), message.get_body(("html",))
        assert body is not None
        assert html is not None
        found[address] = body.get_content()
        shown = re.findall(r'<img[^>]* src="cid:([^"]+)"', html.get_content())
        assert len(shown) == html.get_content().count("<img") == len(PRODUCT.findall(found[address]))
        assert {f"<{name}>" for name in shown} == {part["Content-ID"] for part in message.walk()} - {None}
    return found


def run(example: str, out: Path) -> tuple[dict[str, Any], dict[str, str]]:
    """Check an example, then run it; return the check's findings and the emails."""
    checked = json.loads(fondly(EXAMPLES / example, "check", ".", "--json"))
    summary = json.loads(fondly(EXAMPLES / example, "demo", "--data", ".", "--out", str(out), "--json"))
    assert summary["status"] == "finished"
    written = emails(Path(summary["folder"]))
    assert summary["emails"] == len(written) == checked["estimate"]["emails"]
    return checked, written


def test_clothes_in_germany(tmp_path: Path) -> None:
    """Nobody without consent, suppressed or under age is written to, and nothing sold out is recommended."""
    _, written = run("fashion-de", tmp_path)
    folder = EXAMPLES / "fashion-de"
    customers = list(rows(folder / "kunden.csv", ";"))
    left_out = {
        each["E-Mail"]
        for each in customers
        if each["Newsletter"] == "nein" or each["Gesperrt"] == "ja" or 0 < int(each["Alter"] or 99) < 18
    }
    assert left_out
    assert written.keys() == {each["E-Mail"] for each in customers} - left_out
    sold_out = {
        each["Artikelnummer"] for each in rows(folder / "produkte.csv", ";") if each["Bestand"] == "0"
    }
    assert sold_out
    linked = {link for text in written.values() for link in text.split() if "/p/" in link}
    assert not {link.partition("?")[0].rpartition("/")[2] for link in linked} & sold_out
    assert all("€" in text for text in written.values())


def test_electronics_in_the_united_states(tmp_path: Path) -> None:
    """Shopify's exports as they are: consent is today's, who kept nothing gets nothing."""
    _, written = run("electronics-us", tmp_path)
    folder = EXAMPLES / "electronics-us"
    agreed = {
        each["Email"]
        for each in rows(folder / "customers_export.csv")
        if each["Accepts Email Marketing"] == "yes"
    }
    orders = [each for each in rows(folder / "orders_export.csv") if each["Financial Status"]]
    undone = {"refunded", "voided"}
    kept = {
        each["Email"]
        for each in orders
        if each["Financial Status"] not in undone and not each["Cancelled at"]
    }
    kept_nothing = {each["Email"] for each in orders} - kept
    assert agreed & kept_nothing
    assert written.keys() == agreed - kept_nothing
    assert all("https://www.copperfield.example/products/" in text for text in written.values())
    assert all("$" in text for text in written.values())
