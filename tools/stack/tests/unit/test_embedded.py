"""What the processes of a local stack, and commands that address it, are told."""

import sys
from pathlib import Path

import pytest

from fondly.stack.embedded import KEY, LOCAL_KEY, UNSUBSCRIBE_URL, embedded_stack, signing
from fondly.stack.processes import StackNotReadyError


def test_emails_of_a_stack_that_sends_lead_to_its_own_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that unsubscribing can be tried, by the key that the stack has kept."""
    for name in (KEY, UNSUBSCRIBE_URL):
        monkeypatch.delenv(name, raising=False)
    first = signing(8091, sends=True, key="k")
    assert first[UNSUBSCRIBE_URL] == "http://127.0.0.1:8091/unsubscribe"
    assert first[KEY] == "k"
    assert set(signing(8091, sends=False, key="k")) == {LOCAL_KEY}, "its emails ask to unsubscribe by email"


def test_what_a_shop_sets_of_its_links_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its key alone verifies links, and its address is not replaced."""
    monkeypatch.setenv(UNSUBSCRIBE_URL, "https://shop.example/u")
    monkeypatch.delenv(KEY, raising=False)
    assert set(signing(8091, sends=True, key="k")) == {LOCAL_KEY}
    monkeypatch.setenv(KEY, "secret")
    assert signing(8091, sends=True, key="k") == {}


def test_without_an_emulator_a_stack_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command is installed without one where it is to work with AWS."""
    monkeypatch.setitem(sys.modules, "ministack", None)
    with pytest.raises(StackNotReadyError, match="install `fondly`"), embedded_stack(tmp_path):
        pass
