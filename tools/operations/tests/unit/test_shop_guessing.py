import gzip
from pathlib import Path

import pytest

from fondly.evaluation.sample import write_sample
from fondly.operations.shop.guessing import guess


def test_a_file_tells_currency_hosts_and_addresses(tmp_path: Path) -> None:
    """A shop that has a file is asked to confirm, not to type."""
    file = tmp_path / "artikel.csv"
    rows = (f"{number};{number},90 €;https://www.tee-und-mehr.example/{number}" for number in range(1, 40))
    pictures = ";https://bilder.example/a.jpg?w=1"
    lines = ["Nr;Preis;Link;Bild", *(row + pictures for row in rows), "40;;https://odd.example;"]
    file.write_text("\n".join(lines), encoding="utf-8")
    guessed = guess([file], {})
    assert {key: each.why for key, each in guessed.items() if each.is_proven} == {
        "shop.currency": "39 of 39 prices say so",
        "shop.url": "39 of 40 links lead there",
        "hosts.links": "39 of 40 links lead there",
        "hosts.pictures": "39 of 39 pictures lead there",
    }
    assert {key: each.value for key, each in guessed.items()} == {
        "brand.name": "Tee und mehr",
        "brand.from_address": "hello@tee-und-mehr.example",
        "shop.url": "https://www.tee-und-mehr.example",
        "shop.currency": "EUR",
        "shop.locale": "de_DE",
        "shop.time_zone": "Europe/Berlin",
        "hosts.links": ["tee-und-mehr.example", "*.tee-und-mehr.example"],
        "hosts.pictures": ["bilder.example"],
    }


def test_the_sample_is_of_an_indian_shop(tmp_path: Path) -> None:
    """Also packed."""
    write_sample(tmp_path / "sample.csv", customers=60, products=30)
    packed = tmp_path / "sample.csv.gz"
    packed.write_bytes(gzip.compress((tmp_path / "sample.csv").read_bytes()))
    guessed = guess([packed], {})
    assert (guessed["shop.currency"].value, guessed["shop.locale"].value) == ("INR", "en_IN")
    assert guessed["hosts.links"].value == ["shop.example.com", "*.shop.example.com"]
    assert guessed["brand.name"].value == "Example"


@pytest.mark.parametrize(
    ("machine", "expected"),
    [
        ({"LANG": "de_AT.UTF-8"}, ("EUR", "de_AT", "Europe/Vienna")),
        ({"LANG": "de_DE@euro"}, ("EUR", "de_DE", "Europe/Berlin")),
        ({"LANG": "en_US.UTF-8", "TZ": "America/Chicago"}, ("USD", "en_US", "America/Chicago")),
        ({"LC_ALL": "en_GB.UTF-8", "LANG": "de_DE.UTF-8"}, ("GBP", "en_GB", "Europe/London")),
        ({"LANG": "C.UTF-8", "TZ": "Asia/Kolkata"}, ("USD", "en_US", "Asia/Kolkata")),
        ({"LANG": "fr_FR.UTF-8", "TZ": "Europe/Paris"}, ("USD", "en_US", "Europe/Paris")),
    ],
)
def test_a_machine_tells_locale_currency_and_time_zone(
    machine: dict[str, str], expected: tuple[str, str, str]
) -> None:
    """A language that no email is written in is not suggested."""
    guessed = guess([], {"TZ": "UTC"} | machine)
    assert tuple(guessed[f"shop.{key}"].value for key in ("currency", "locale", "time_zone")) == expected


def test_prices_go_before_the_machine(tmp_path: Path) -> None:
    """Its language says little of what a shop sells in; a region that pays in that currency does."""
    file = tmp_path / "prices.csv"
    file.write_text("id,price\n1,€5.00\n2,€6.00\n", encoding="utf-8")
    assert guess([file], {"LANG": "en_US.UTF-8"})["shop.locale"].value == "de_DE"
    assert guess([file], {"LANG": "en_IE.UTF-8"})["shop.locale"].value == "en_IE"


@pytest.mark.parametrize("body", [b"", b"\x1f\x8b broken", b"PK\x03\x04\x00\xff\xfe", b'a,b\n"open'])
def test_a_file_that_is_no_table_tells_nothing(tmp_path: Path, body: bytes) -> None:
    """And stops nobody."""
    file = tmp_path / "odd.csv.gz"
    file.write_bytes(body)
    assert "hosts.links" not in guess([file, tmp_path / "missing.csv"], {})


@pytest.mark.parametrize(
    ("prices", "expected"),
    [
        (["5,00 zł", "7 PLN"], ("PLN", "2 of 2 prices say so", True)),
        (["€5", "€6", "£7"], ("EUR", "2 of 3 prices say so", False)),
        (["R$ 5,00", "R$ 6,00"], ("BRL", "2 of 2 prices say so", True)),
        (["5 kg", "7 cm", "8"], ("USD", "the currency of en_US", False)),
    ],
)
def test_a_currency_is_proven_only_if_every_price_names_it(
    prices: list[str], expected: tuple[str, str, bool], tmp_path: Path
) -> None:
    """What several currencies share, or some prices contradict, is for somebody to confirm."""
    file = tmp_path / "prices.csv"
    file.write_text("\n".join(["id;price", *(f"{at};{price}" for at, price in enumerate(prices))]), "utf-8")
    assert guess([file], {})["shop.currency"] == expected


def test_a_dollar_sign_says_which_currencies_it_may_be(tmp_path: Path) -> None:
    """It is never proof of one."""
    file = tmp_path / "prices.csv"
    file.write_text("id,price\n1,$5.00\n2,$6.00\n", encoding="utf-8")
    guessed = guess([file], {})["shop.currency"]
    assert (guessed.value, guessed.is_proven) == ("USD", False)
    assert guessed.why.startswith("$ in 2 of 2 prices may be USD, ")
    file.write_text("id,price,url\n1,$5.00,https://shop.com.au/1\n", encoding="utf-8")
    assert guess([file], {})["shop.currency"].value == "AUD", "as people pay where links lead"


@pytest.mark.parametrize(
    ("link", "locale"),
    [("laden.aus.de", "de_DE"), ("shop.co.uk", "en_GB"), ("shop.example", "en_US")],
)
def test_a_country_is_guessed_from_where_links_lead(link: str, locale: str, tmp_path: Path) -> None:
    """Before this machine's own."""
    file = tmp_path / "links.csv"
    file.write_text(f"id,url\n1,https://{link}/a\n", encoding="utf-8")
    assert guess([file], {"LANG": "en_US.UTF-8"})["shop.locale"].value == locale


def test_only_prices_tell_a_currency(tmp_path: Path) -> None:
    """An id such as `r12` is no amount in rand."""
    file = tmp_path / "reviews.csv"
    file.write_text("review_id,user_id,product_id,rating\nr12,C1,P1,5\nr13,C2,P1,4\n")
    assert guess([file], {})["shop.currency"].why == "the currency of en_US"
