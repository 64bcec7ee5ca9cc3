"""What every image promises, whatever runs in it."""

import json
import subprocess
from typing import Any

import pytest

from local.containers import Compose, docker

pytestmark = pytest.mark.timeout(300)
SERVICES = ("ingest", "sentiment", "recommender", "mailer")
IMAGES = (*SERVICES, "understudy", "local")
MEGABYTE = 1_000_000
MAX_MB = dict.fromkeys(IMAGES, 250) | {"understudy": 500}
HARDENED = ("--rm", "--read-only", "--tmpfs=/tmp", "--cap-drop=ALL", "--network=none")
OWN_LAYERS = 2  # of what an image adds to its base: other people's packages, and our code


def inspect(image: str) -> dict[str, Any]:
    """What Docker knows about an image."""
    [found] = json.loads(docker("image", "inspect", image))
    return dict(found)


def inside(image: str, script: str) -> str:
    """What a shell script prints in a container as confined as the stack's."""
    return docker("run", *HARDENED, "--entrypoint=/bin/sh", image, "-c", script)


@pytest.mark.parametrize("name", IMAGES)
def test_images_are_small(images: dict[str, str], name: str) -> None:
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
def test_processes_own_nothing_and_can_write_nowhere(images: dict[str, str], name: str) -> None:
    """The user is a number, not root, and no file of the image is writable to it."""
    user = inspect(images[name])["Config"]["User"].split(":")[0]
    assert int(user) > 0
    assert inside(images[name], "find / -xdev -type f -writable; id -u").split() == [user]


@pytest.mark.parametrize("name", IMAGES)
def test_images_say_what_they_are(images: dict[str, str], name: str) -> None:
    """The labels of the Open Container Initiative, and no time of building."""
    found = inspect(images[name])
    labels = found["Config"]["Labels"]
    assert labels["org.opencontainers.image.title"] == f"encore-{name}"
    assert labels["org.opencontainers.image.licenses"] == "Apache-2.0"
    assert {"version", "revision", "description"} <= {label.rsplit(".", 1)[-1] for label in labels}
    assert found["Created"].startswith("1970-01-01")


@pytest.mark.parametrize("name", [*SERVICES, "understudy"])
def test_what_keeps_running_can_be_asked_whether_it_lives(images: dict[str, str], name: str) -> None:
    """There is a health check, and it fails where nothing runs."""
    check = inspect(images[name])["Config"]["Healthcheck"]["Test"]
    assert check[0] == "CMD"
    done = subprocess.run(  # noqa: S603 - our own image
        ["docker", "run", *HARDENED, "--entrypoint", check[1], images[name], *check[2:]],  # noqa: S607
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1


@pytest.mark.parametrize("name", SERVICES)
def test_wrong_settings_refuse_to_start(images: dict[str, str], name: str) -> None:
    """One line that names every variable, and exit code 2."""
    done = subprocess.run(  # noqa: S603 - our own image
        ["docker", "run", *HARDENED, "--env=ENCORE_CONCURRENCY=many", images[name]],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert line.startswith("bad settings: ")
    assert "ENCORE_DATA_BUCKET: Field required" in line
    assert "ENCORE_CONCURRENCY" in line
    assert "many" not in line


def test_the_same_commit_gives_the_same_files(compose: Compose, images: dict[str, str]) -> None:
    """Built again from nothing, the layers with packages and code are the same, byte for byte."""
    before = inspect(images["ingest"])["RootFS"]["Layers"]
    compose("build", "--quiet", "--no-cache", "ingest", ENCORE_VERSION="again")
    after = inspect("encore/ingest:again")["RootFS"]["Layers"]
    docker("rmi", "encore/ingest:again")
    # The last layer is the empty working directory.
    assert before[-1 - OWN_LAYERS :] == after[-1 - OWN_LAYERS :]
