"""What every image guarantees, whichever package it runs."""

import signal
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import docker
import pytest
from testcontainers.core.container import DockerContainer

from tests.support.containers import Compose
from tests.support.services import SERVICES

pytestmark = pytest.mark.timeout(300)
IMAGES = (*SERVICES, "understudy", "cli", "console", "emulator")
MEGABYTE = 1_000_000
MAX_MB = dict.fromkeys(IMAGES, 235) | {"cli": 325, "console": 325, "understudy": 455, "emulator": 160}
OWN_LAYERS = 2  # added to the base image: third-party packages and our code
KILLED_AFTER_S = 10
PROMPT_S = 4.0
TERMINATED = 128 + signal.SIGTERM

Attributes = Callable[[str], dict[str, Any]]


class Ended(NamedTuple):
    """The exit code and output of a container that has ended."""

    exit_code: int
    out: str
    err: str


def confined(image: str, **arguments: Any) -> DockerContainer:  # noqa: ANN401 - the engine's own
    """A container as confined as in the stack, and without a network; `arguments` go to the engine."""
    container = DockerContainer(image).with_tmpfs_mount("/tmp")  # noqa: S108 - in the container
    return container.with_kwargs(read_only=True, cap_drop=["ALL"], network_mode="none", **arguments)


def ended(container: DockerContainer) -> Ended:
    """Run a container until it ends."""
    with container:
        exit_code = container.wait()
        out, err = container.get_logs()
    return Ended(exit_code, out.decode(), err.decode())


def inside(image: str, script: str) -> str:
    """Run a shell script in a container and return its output."""
    done = ended(confined(image, entrypoint=["/bin/sh", "-c", script]))
    assert done.exit_code == 0, done.err
    return done.out


@pytest.fixture
def inspect(engine: docker.DockerClient) -> Attributes:
    """Return Docker's attributes of an image."""
    return lambda image: dict(engine.images.get(image).attrs)


@pytest.mark.parametrize("name", IMAGES)
def test_images_are_small(images: dict[str, str], inspect: Attributes, name: str) -> None:
    """At most 235 MB; 325 for command and console, which read Parquet and send tests; 455 for understudy.

    The emulator has 160, of which the base image is nearly all.
    """
    assert inspect(images[name])["Size"] < MAX_MB[name] * MEGABYTE


@pytest.mark.parametrize("name", IMAGES)
def test_images_contain_no_build_or_install_tools(images: dict[str, str], name: str) -> None:
    """No compiler, pip or uv, on the path or in Python."""
    script = "for tool in cc gcc make pip pip3 uv; do command -v $tool; done; true"
    assert inside(images[name], script) == ""
    search = (
        "from importlib.util import find_spec; print([m for m in ('pip', 'ensurepip', 'uv') if find_spec(m)])"
    )
    assert inside(images[name], f'python -c "{search}"').strip() == "[]"


@pytest.mark.parametrize("name", IMAGES)
def test_the_user_is_not_root_and_can_write_to_no_file(
    images: dict[str, str], inspect: Attributes, name: str
) -> None:
    """The user is numeric and not root, and no file of the image is writable by it."""
    user = inspect(images[name])["Config"]["User"].split(":")[0]
    assert int(user) > 0
    assert inside(images[name], "find / -xdev -type f -writable; id -u").split() == [user]


def test_only_understudy_has_the_library_that_its_models_need(images: dict[str, str]) -> None:
    """LightGBM loads there, and a vulnerability scanner finds the library's package."""
    assert inside(images["understudy"], "python -c 'import lightgbm'; cat /var/lib/dpkg/status.d/libgomp1")
    for name in set(IMAGES) - {"understudy"}:
        assert inside(images[name], "find / -xdev -name 'libgomp.so*'; true") == ""


@pytest.mark.parametrize("name", IMAGES)
def test_images_carry_the_standard_labels(images: dict[str, str], inspect: Attributes, name: str) -> None:
    """Labels of the Open Container Initiative, and no build time."""
    found = inspect(images[name])
    labels = found["Config"]["Labels"]
    module = {"understudy": "understudy", "emulator": "fondly.stack.emulator"}.get(name, f"fondly.{name}")
    assert labels["org.opencontainers.image.title"] == module
    assert labels["org.opencontainers.image.licenses"] == "Apache-2.0"
    assert {"revision", "source", "description"} <= {label.rsplit(".", 1)[-1] for label in labels}
    assert labels["org.opencontainers.image.version"] == images[name].rpartition(":")[2]
    assert found["Created"].startswith("1970-01-01")


@pytest.mark.parametrize("name", [*SERVICES, "understudy"])
def test_long_running_images_have_a_health_check(
    images: dict[str, str], inspect: Attributes, name: str
) -> None:
    """The health check exists, and it fails when nothing runs."""
    kind, *command = inspect(images[name])["Config"]["Healthcheck"]["Test"]
    assert kind == "CMD"
    assert ended(confined(images[name], entrypoint=command)).exit_code == 1


@pytest.mark.parametrize("name", SERVICES)
def test_invalid_settings_stop_the_start(images: dict[str, str], name: str) -> None:
    """One line names every invalid variable, and the exit code is 2."""
    done = ended(confined(images[name]).with_env("FONDLY_CONCURRENCY", "many"))
    assert done.exit_code == 2
    [line] = done.err.splitlines()
    assert line.startswith("invalid settings: ")
    assert "FONDLY_DATA_BUCKET: Field required" in line
    assert "FONDLY_CONCURRENCY" in line
    assert "many" not in line


@pytest.mark.parametrize("after_s", [0.2, 0.6])
@pytest.mark.parametrize("name", [*SERVICES, "understudy"])
def test_sigterm_ends_a_container_that_is_still_starting(
    compose: Compose, images: dict[str, str], name: str, after_s: float
) -> None:
    """Before Python has a handler for it and while AWS does not respond, thanks to the image's init."""
    with confined(images[name]).with_envs(**compose.services()[name]["environment"]) as container:
        time.sleep(after_s)
        asked = time.monotonic()
        container.get_wrapped_container().stop(timeout=KILLED_AFTER_S)
        assert time.monotonic() - asked < PROMPT_S
        assert container.wait() in {0, TERMINATED}


def test_the_same_commit_gives_the_same_files(
    engine: docker.DockerClient, compose: Compose, images: dict[str, str], inspect: Attributes
) -> None:
    """Rebuilt without a cache, the layers with packages and code are identical."""
    before = inspect(images["ingest"])["RootFS"]["Layers"]
    compose("build", "--quiet", "--no-cache", "ingest", FONDLY_VERSION="again")
    after = inspect("fondly/ingest:again")["RootFS"]["Layers"]
    engine.images.remove("fondly/ingest:again")
    # The last layer is the empty working directory.
    assert before[-1 - OWN_LAYERS :] == after[-1 - OWN_LAYERS :]
