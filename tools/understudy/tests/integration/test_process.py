"""understudy as a process, as operators run it."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

_TIMEOUT_S = 30.0


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _start(**settings: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "understudy"],
        env={**os.environ, **settings},
        stderr=subprocess.PIPE,
        text=True,
    )


def _wait_until_healthy(url: str) -> None:
    deadline = time.monotonic() + _TIMEOUT_S
    while True:
        try:
            with urllib.request.urlopen(f"{url}/_understudy/health", timeout=5):  # noqa: S310 - loopback
                return
        except urllib.error.URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def test_process_serves_and_ends_on_sigterm() -> None:
    """It answers on its port with every service, and SIGTERM ends it cleanly and soon."""
    port = _free_port()
    process = _start(UNDERSTUDY_PORT=str(port))
    try:
        _wait_until_healthy(f"http://127.0.0.1:{port}")
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=_TIMEOUT_S)
    finally:
        process.kill()
    assert process.returncode in {0, -signal.SIGTERM}
    assert "understudy_starting" in log
    assert "Traceback" not in log


def test_bad_setting_ends_the_start_with_one_line() -> None:
    """The line names the variable; there is no stack trace to read."""
    process = _start(UNDERSTUDY_PORT="many")
    _, log = process.communicate(timeout=_TIMEOUT_S)
    assert process.returncode == 1
    assert log.count("\n") == 1
    assert "UNDERSTUDY_PORT" in log
