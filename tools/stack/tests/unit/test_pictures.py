"""The pictures of made-up shops: small, distinct, the same every time, and where the file says they are."""

import csv
import socket
import time
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from threading import Thread

import pytest
from PIL import Image

from fondly.evaluation.sample import generate
from fondly.evaluation.sample.row import picture_url
from fondly.stack.pictures.addresses import BASE_URL, FOLDER, names_in, picture_names
from fondly.stack.pictures.server import serve
from fondly.stack.processes import free_port

EXAMPLES = Path(__file__).parents[4] / "examples"
MAX_BYTES = 15_000
SIZE = 480
"""Pixels a side: enough for a large picture on a fine screen."""
CATALOGUES = (
    ("electronics-us/products_export.csv", ",", "Image Src"),
    ("fashion-de/produkte.csv", ";", "Bild"),
    ("marketplace-in/marketplace.csv", ",", "img_link"),
)


@pytest.fixture(scope="module")
def port() -> int:
    """The port of a picture server; its thread ends with the process."""
    chosen = free_port()
    Thread(target=serve, args=("127.0.0.1", chosen), daemon=True).start()
    return chosen


def asked(port: int, path: str, *, method: str = "GET") -> HTTPResponse:
    """The server's answer, which may take a moment to start."""
    for _ in range(100):
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request(method, path)
            return connection.getresponse()
        except ConnectionRefusedError:
            time.sleep(0.05)
    raise AssertionError("the server does not start")


def test_pictures_are_small_and_no_two_are_alike() -> None:
    """Square, of a few kilobytes and many colours."""
    pixels = set()
    for name in picture_names():
        assert (FOLDER / name).stat().st_size <= MAX_BYTES, name
        with Image.open(FOLDER / name) as stored:
            assert (stored.format, stored.size) == ("PNG", (SIZE, SIZE)), name
            shown = stored.convert("RGB")
        assert len(shown.getcolors(SIZE * SIZE) or []) > 10, name
        pixels.add(shown.tobytes())
    assert len(pixels) == len(picture_names())


def test_every_product_of_made_up_shops_has_a_picture() -> None:
    """The addresses in the sample and the examples are those of pictures that there are, and all are used."""
    links = {row["img_link"] for row in generate(customers=1500, products=300)}
    for file, delimiter, column in CATALOGUES:
        with (EXAMPLES / file).open(encoding="utf-8", newline="") as opened:
            links.update(row[column] for row in csv.DictReader(opened, delimiter=delimiter))
    assert links == {BASE_URL + name for name in picture_names()}


def test_an_address_has_only_letters_and_dashes() -> None:
    """A colour of several words, or of two colours, needs no escapes."""
    assert picture_url("mixer", "White & Blue") == f"{BASE_URL}mixer-white-blue.png"


def test_names_are_found_in_an_email() -> None:
    """Only those of pictures at the sample's address."""
    html = f'<img src="{picture_url("kettle", "Sage")}"><img src="https://images.example/lamp-white.png">'
    assert names_in(html) == {"kettle-sage.png"}


def test_the_server_answers_with_the_picture(port: int) -> None:
    """As a PNG with its length, to a GET and, without the picture, to a HEAD."""
    picture = (FOLDER / "kettle-sage.png").read_bytes()
    for method, body in (("GET", picture), ("HEAD", b"")):
        answer = asked(port, "/pictures/kettle-sage.png?x=1", method=method)
        assert (answer.status, answer.read()) == (200, body)
        assert answer.getheader("Content-Type") == "image/png"
        assert answer.getheader("Content-Length") == str(len(picture))


def test_the_server_has_nothing_else(port: int) -> None:
    """Not even what lies above."""
    above = "/pictures/../../addresses.py"
    for path in ("/", "/pictures/", above, "/pictures/kettle-neon.png", "/pictures/kettle-sage"):
        assert asked(port, path).status == 404


def test_a_server_takes_over_when_the_port_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second stack neither fails nor disturbs the first, and serves once the first has stopped."""
    chosen = free_port()
    holder = socket.create_server(("127.0.0.1", chosen))
    monkeypatch.setattr("fondly.stack.pictures.server.RETRY_S", 0.05)
    Thread(target=serve, args=("127.0.0.1", chosen), daemon=True).start()
    time.sleep(0.2)
    holder.close()
    assert asked(chosen, "/pictures/kettle-sage.png").status == 200
