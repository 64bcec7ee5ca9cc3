"""The state of the background stack."""

import os
import stat
from pathlib import Path

import pytest

from fondly.operations.local_stack import BackgroundStack, StateFolder, running_stack, state_folder
from fondly.operations.target import target
from fondly.stack.background import (
    AFRESH,
    CHECKOUT,
    HERE,
    _begin,
    erase_state,
    export_lines,
    own_stack,
    start_stack,
    stop_stack,
    supervising,
    write_exports,
)
from fondly.stack.processes import StackNotReadyError

ENVIRONMENT = {
    "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
    "FONDLY_X": "it's $HOME\nexport Y=1\n",
    "PATH": "/bin",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StateFolder:
    """An empty state folder."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    found = state_folder()
    found.path.mkdir()
    return found


def test_a_ready_stack_is_found(folder: StateFolder) -> None:
    """With the variables of AWS and Fondly, whatever their values."""
    with supervising(folder):
        assert running_stack() is None, "not ready yet"
        write_exports(folder, ENVIRONMENT)
        stack = running_stack()
        assert stack is not None
        assert stack.pid == os.getpid()
        assert stack.variables == {name: ENVIRONMENT[name] for name in ("AWS_ENDPOINT_URL", "FONDLY_X")}
    assert running_stack() is None


def test_a_stack_of_another_checkout_is_not_ours(folder: StateFolder) -> None:
    """It runs other code: one line says whose, and how to stop it."""
    with supervising(folder):
        write_exports(folder, {CHECKOUT: str(HERE)})
        assert own_stack() == running_stack()
        write_exports(folder, {CHECKOUT: "/elsewhere/fondly"})
        with pytest.raises(
            StackNotReadyError, match=r"^the local stack of /elsewhere/fondly is running: stop"
        ):
            own_stack()
    assert own_stack() is None
    assert (HERE / "tools/stack/src").is_dir()


def test_only_the_owner_reads_the_exports(folder: StateFolder) -> None:
    """Whatever mode an earlier file had."""
    folder.exports.with_suffix(".new").touch(mode=0o644)
    write_exports(folder, ENVIRONMENT)
    assert stat.S_IMODE(folder.exports.stat().st_mode) == 0o600


def test_what_a_killed_supervisor_left_is_ignored_and_removed(folder: StateFolder) -> None:
    """Its lock is free, even if its process id belongs to another process now."""
    write_exports(folder, ENVIRONMENT)
    folder.lock.write_text(str(os.getpid()))
    assert running_stack() is None
    assert not stop_stack()
    assert not folder.exports.exists()


def test_there_is_one_supervisor(folder: StateFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second one gives up without touching the first one's exports."""
    monkeypatch.setattr("fondly.stack.background.LOCK_S", 0.1)
    with supervising(folder):
        write_exports(folder, ENVIRONMENT)
        with pytest.raises(StackNotReadyError, match="another local stack"), supervising(folder):
            pass
        assert folder.exports.exists()
        with pytest.raises(StackNotReadyError, match="another local stack"):
            start_stack()


def test_a_demo_never_deletes_what_somebody_has_gone_on_with(folder: StateFolder) -> None:
    """It begins afresh where a demo did; runs of `fondly up` are deleted by hand only."""
    _begin(folder, afresh=True)
    (folder.state / "stores.pickle").touch()
    _begin(folder, afresh=True)
    assert [path.name for path in folder.state.iterdir()] == [AFRESH]
    _begin(folder, afresh=False)
    with pytest.raises(StackNotReadyError, match="`fondly down --erase` deletes them"):
        _begin(folder, afresh=True)
    erase_state(folder)
    assert not folder.state.exists()


def test_what_died_lately_is_told(folder: StateFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """By every command, for some minutes."""
    stack = BackgroundStack(1, {}, folder)
    told = [stack.last_death]
    folder.deaths.write_text("mailer ended\nsender ended\n")
    told.append(stack.last_death)
    monkeypatch.setattr("fondly.operations.local_stack.RECENT_S", -1)
    assert [*told, stack.last_death] == [None, "sender ended", None]
    assert (stack.death_of("mailer"), stack.death_of("mail")) == ("mailer ended", None)


@pytest.mark.parametrize("home", ["", "relative"])
def test_the_state_is_below_the_home_folder_by_default(home: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative XDG_STATE_HOME is ignored, as the XDG Base Directory Specification asks."""
    monkeypatch.setenv("XDG_STATE_HOME", home)
    assert state_folder().path == Path.home() / ".local/state/fondly"


def test_exports_are_quoted_for_a_shell() -> None:
    """They are evaluated."""
    assert export_lines({"A": "x", "B": "it's"}) == "export A=x\nexport B='it'\"'\"'s'\n"


def test_who_names_the_local_stack_is_told_too(folder: StateFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after `eval "$(fondly up)"`; of another endpoint the local stack's deaths say nothing."""
    folder.path.mkdir(parents=True, exist_ok=True)
    folder.deaths.write_text("mailer ended\n")
    here = BackgroundStack(1, {"AWS_ENDPOINT_URL": "http://127.0.0.1:4566"}, folder)
    monkeypatch.setattr("fondly.operations.target.running_stack", lambda: here)
    told = []
    for endpoint in (here.variables["AWS_ENDPOINT_URL"], "http://127.0.0.1:9"):
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        with target(None, "eu-west-1") as found:
            told.append(found.trouble)
    assert told == ["mailer ended", None]
