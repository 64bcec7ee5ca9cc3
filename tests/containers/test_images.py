"""What every image promises, whatever runs in it."""

import signal
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import docker
import pytest
from testcontainers.core.container import DockerContainer

from tests.support.containers import Compose

pytestmark = pytest.mark.timeout(300)
SERVICES = ("ingest", "sentiment", "recommender", "mailer")
IMAGES = (*SERVICES, "understudy", "local")
MEGABYTE = 1_000_000
MAX_MB = dict.fromkeys(IMAGES, 250) | {"understudy": 500}
OWN_LAYERS = 2  # of what an image adds to its base: other people's packages, and our code
KILLED_AFTER_S = 10
PROMPT_S = 4.0
TERMINATED = 128 + signal.SIGTERM

Attributes = Callable[[str], dict[str, Any]]


class Ended(NamedTuple):
    """What a container came to."""

    exit_code: int
    out: str
    err: str


def confined(image: str, **arguments: Any) -> DockerContainer:  # noqa: ANN401 - the engine's own
    """A container as confined as the stack's, and without a network; `arguments` are the engine's."""
    container = DockerContainer(image).with_tmpfs_mount("/tmp")  # noqa: S108 - in the container
    return container.with_kwargs(read_only=True, cap_drop=["ALL"], network_mode="none", **arguments)


def ended(container: DockerContainer) -> Ended:
    """Run a container to its end."""
    with container:
        exit_code = container.wait()
        out, err = container.get_logs()
    return Ended(exit_code, out.decode(), err.decode())


def inside(image: str, script: str) -> str:
    """What a shell script prints in a container."""
    done = ended(confined(image, entrypoint=["/bin/sh", "-c", script]))
    assert done.exit_code == 0, done.err
    return done.out


@pytest.fixture
def inspect(engine: docker.DockerClient) -> Attributes:
    """Says what Docker knows about an image."""
    return lambda image: dict(engine.images.get(image).attrs)


@pytest.mark.parametrize("name", IMAGES)
def test_images_are_small(images: dict[str, str], inspect: Attributes, name: str) -> None:
    """250 MB at most; understudy, which brings its own models, 500 MB."""
    assert inspect(images[name])["Size"] < MAX_MB[name] * MEGABYTE


@pytest.mark.parametrize("name", IMAGES)
def test_nothing_is_left_to_build_or_install_with(images: dict[str, str], name: str) -> None:
    """No compiler, pip or uv, in the path or in Python."""
    script = "for tool in cc gcc make pip pip3 uv; do command -v $tool; done; true"
    assert inside(images[name], script) == ""
    search = (
        "from importlib.util import find_spec; print([m for m in ('pip', 'ensurepip', 'uv') if find_spec(m)])"
    )
    assert inside(images[name], f'python -c "{search}"').strip() == "[]"


@pytest.mark.parametrize("name", IMAGES)
def test_processes_own_nothing_and_can_write_nowhere(
    images: dict[str, str], inspect: Attributes, name: str
) -> None:
    """The user is a number, not root, and no file of the image is writable to it."""
    user = inspect(images[name])["Config"]["User"].split(":")[0]
    assert int(user) > 0
    assert inside(images[name], "find / -xdev -type f -writable; id -u").split() == [user]


@pytest.mark.parametrize("name", IMAGES)
def test_images_say_what_they_are(images: dict[str, str], inspect: Attributes, name: str) -> None:
    """The labels of the Open Container Initiative, and no time of building."""
    found = inspect(images[name])
    labels = found["Config"]["Labels"]
    assert labels["org.opencontainers.image.title"] == f"encore-{name}"
    assert labels["org.opencontainers.image.licenses"] == "Apache-2.0"
    assert {"version", "revision", "description"} <= {label.rsplit(".", 1)[-1] for label in labels}
    assert found["Created"].startswith("1970-01-01")


@pytest.mark.parametrize("name", [*SERVICES, "understudy"])
def test_what_keeps_running_can_be_asked_whether_it_lives(
    images: dict[str, str], inspect: Attributes, name: str
) -> None:
    """There is a health check, and it fails where nothing runs."""
    kind, *command = inspect(images[name])["Config"]["Healthcheck"]["Test"]
    assert kind == "CMD"
    assert ended(confined(images[name], entrypoint=command)).exit_code == 1


@pytest.mark.parametrize("name", SERVICES)
def test_wrong_settings_refuse_to_start(images: dict[str, str], name: str) -> None:
    """One line that names every variable, and exit code 2."""
    done = ended(confined(images[name]).with_env("ENCORE_CONCURRENCY", "many"))
    assert done.exit_code == 2
    [line] = done.err.splitlines()
    assert line.startswith("invalid settings: ")
    assert "ENCORE_DATA_BUCKET: Field required" in line
    assert "ENCORE_CONCURRENCY" in line
    assert "many" not in line


@pytest.mark.parametrize("after_s", [0.2, 0.6])
@pytest.mark.parametrize("name", [*SERVICES, "understudy"])
def test_sigterm_ends_what_is_only_starting(
    compose: Compose, images: dict[str, str], name: str, after_s: float
) -> None:
    """Before Python has a handler for it, and while AWS does not answer: the image has its init."""
    with confined(images[name]).with_envs(**compose.services()[name]["environment"]) as container:
        time.sleep(after_s)
        asked = time.monotonic()
        container.get_wrapped_container().stop(timeout=KILLED_AFTER_S)
        assert time.monotonic() - asked < PROMPT_S
        assert container.wait() in {0, TERMINATED}


def test_the_same_commit_gives_the_same_files(
    engine: docker.DockerClient, compose: Compose, images: dict[str, str], inspect: Attributes
) -> None:
    """Built again from nothing, the layers with packages and code are the same, byte for byte."""
    before = inspect(images["ingest"])["RootFS"]["Layers"]
    compose("build", "--quiet", "--no-cache", "ingest", ENCORE_VERSION="again")
    after = inspect("encore/ingest:again")["RootFS"]["Layers"]
    engine.images.remove("encore/ingest:again")
    # The last layer is the empty working directory.
    assert before[-1 - OWN_LAYERS :] == after[-1 - OWN_LAYERS :]
