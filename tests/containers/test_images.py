"""What every image guarantees, whichever package it runs."""

import io
import json
import signal
import tarfile
import tempfile
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import docker
import pytest
from packaging.utils import canonicalize_name
from testcontainers.core.container import DockerContainer

from fondly.checks.sbom import main as write_documents
from tests.support.containers import Compose
from tests.support.services import SERVICES

pytestmark = pytest.mark.timeout(300)
IMAGES = (*SERVICES, "understudy", "cli", "console", "emulator")
MEGABYTE = 1_000_000
MAX_MB = dict.fromkeys(IMAGES, 160) | {"understudy": 350}
TOOLS = ("apt", "dpkg", "perl", "bash", "cat", "find", "curl", "cc", "gcc", "make", "pip", "pip3", "uv")
TOLD = ("name", "type", "mode", "uid", "gid", "mtime", "linkname")
"""What an archive says of a file besides its bytes."""
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
    """Run a script of Python's in a container and return its output: there is no other tool."""
    done = ended(confined(image, entrypoint=["python", "-c", script]))
    assert done.exit_code == 0, done.err
    return done.out


@pytest.fixture
def inspect(engine: docker.DockerClient) -> Attributes:
    """Return Docker's attributes of an image."""
    return lambda image: dict(engine.images.get(image).attrs)


@pytest.mark.parametrize("name", IMAGES)
def test_images_are_small(images: dict[str, str], inspect: Attributes, name: str) -> None:
    """At most 160 MB; understudy, which has models and what trains them, 350."""
    assert inspect(images[name])["Size"] <= MAX_MB[name] * MEGABYTE


@pytest.mark.parametrize("name", IMAGES)
def test_images_contain_no_tools(images: dict[str, str], name: str) -> None:
    """No package manager or compiler, nothing that fetches or lists files, on the path or in Python."""
    script = f"""
import shutil
from importlib.util import find_spec
print([tool for tool in {TOOLS} if shutil.which(tool) or find_spec(tool)], find_spec("ensurepip"))
"""
    assert inside(images[name], script).split() == ["[]", "None"]


@pytest.mark.parametrize("name", IMAGES)
def test_libraries_have_what_they_need(images: dict[str, str], name: str) -> None:
    """What has been taken from the base and out of packages is missing nowhere."""
    script = """
import ctypes, glob, site, ssl, sysconfig, zoneinfo
for folder in (*site.getsitepackages(), sysconfig.get_path("platstdlib")):
    for path in glob.glob(folder + "/**/*.so", recursive=True):
        ctypes.CDLL(path)
zoneinfo.ZoneInfo("Europe/Berlin")
print(len(ssl.create_default_context().get_ca_certs()) > 0)
"""
    assert inside(images[name], script).strip() == "True"


@pytest.mark.parametrize("name", IMAGES)
def test_the_user_is_not_root_and_can_write_to_no_file(
    images: dict[str, str], inspect: Attributes, name: str
) -> None:
    """The user is numeric and not root, and no file of the image is writable by it."""
    user = inspect(images[name])["Config"]["User"].split(":")[0]
    assert int(user) > 0
    script = """
import os
for folder, folders, names in os.walk("/"):
    folders[:] = [each for each in folders if not os.path.ismount(os.path.join(folder, each))]
    for path in (os.path.join(folder, each) for each in names):
        if os.access(path, os.W_OK):
            print(path)
print(os.getuid())
"""
    assert inside(images[name], script).split() == [user]


def test_only_understudy_has_the_library_that_its_models_need(images: dict[str, str]) -> None:
    """LightGBM loads there, and a vulnerability scanner finds the library's package."""
    known = "print(open('/var/lib/dpkg/status.d/libgomp1').read())"
    assert "libgomp1" in inside(images["understudy"], f"import lightgbm; {known}")
    for name in set(IMAGES) - {"understudy"}:
        script = "import glob; print(glob.glob('/usr/lib/**/libgomp.so*', recursive=True))"
        assert inside(images[name], script).strip() == "[]"


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
    engine: docker.DockerClient, compose: Compose, images: dict[str, str]
) -> None:
    """Rebuilt without a cache, each layer has the same bytes, owners and times, in whatever order of files.

    Which order a layer has depends on how the engine has compared it with the one below.
    """
    before = _files_by_layer(engine, images["ingest"])
    compose("build", "--quiet", "--no-cache", "ingest", FONDLY_VERSION="again")
    after = _files_by_layer(engine, "fondly/ingest:again")
    engine.images.remove("fondly/ingest:again")
    assert len(before) > 1
    assert before == after


def _files_by_layer(engine: docker.DockerClient, image: str) -> list[set[tuple[object, ...]]]:
    with tempfile.TemporaryFile() as saved:
        for chunk in engine.images.get(image).save():
            saved.write(chunk)
        saved.seek(0)
        with tarfile.open(fileobj=saved) as archive:
            manifest = json.loads(_content(archive, archive.getmember("manifest.json")))
            return [_files(_content(archive, archive.getmember(each))) for each in manifest[0]["Layers"]]


def _files(layer: bytes) -> set[tuple[object, ...]]:
    with tarfile.open(fileobj=io.BytesIO(layer)) as archive:
        return {
            (*(getattr(each, what) for what in TOLD), sha256(_content(archive, each)).digest())
            for each in archive
        }


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(member) if member.isfile() else None
    return file.read() if file else b""


def test_an_image_has_a_list_of_its_packages(images: dict[str, str], tmp_path: Path) -> None:
    """Every distribution that Python finds is in the SPDX document with its version, and so are Debian's."""
    write_documents(str(tmp_path), images["ingest"])
    listed = json.loads((tmp_path / "ingest.spdx.json").read_text())["packages"]
    script = """
from importlib.metadata import distributions
print(*(each.name + "@" + each.version for each in distributions()))
"""
    addresses = {
        reference["referenceLocator"] for each in listed for reference in each.get("externalRefs", [])
    }
    expected = {
        f"pkg:pypi/{canonicalize_name(name)}@{version}"
        for name, version in (each.split("@") for each in inside(images["ingest"], script).split())
    }
    assert {each for each in addresses if each.startswith("pkg:pypi/")} == expected
    assert any(each.startswith("pkg:deb/debian/libssl3") for each in addresses)
