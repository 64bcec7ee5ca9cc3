from pathlib import Path
from threading import Thread
from urllib.request import urlopen

import pytest
from typer.testing import CliRunner

import fondly.docs
from fondly.cli.app import app
from fondly.docs import server


def test_the_site_is_served_on_this_machine_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As it was built, by whichever port is free."""
    (tmp_path / "index.html").write_text("Fondly", "utf-8")
    monkeypatch.setattr(fondly.docs, "SITES", (tmp_path / "none", tmp_path))
    opened = server(0)
    assert opened
    assert opened.server_address[0] == "127.0.0.1"
    thread = Thread(target=opened.serve_forever)
    thread.start()
    try:
        with urlopen(f"http://127.0.0.1:{opened.server_port}/") as answer:
            assert answer.read() == b"Fondly"
    finally:
        opened.shutdown()
        opened.server_close()
        thread.join()


def test_without_a_site_a_command_says_how_to_make_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """In one line, with an exit code that tells."""
    monkeypatch.setattr(fondly.docs, "SITES", (tmp_path,))
    done = CliRunner().invoke(app, ["docs"])
    assert done.exit_code == 1
    assert done.stderr == "the documentation is not built: `make docs`\n"
