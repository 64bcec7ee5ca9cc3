"""The images and the compose stack, shared by the tests in containers."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import yaml

from local.compose import compose_stack
from local.containers import Compose, DockerFailedError, docker
from local.processes import free_port
from local.sample import SampleFacts, write_sample
from local.stack import Stack, exported
from local.testing import Pipeline
from local.topology import TOPOLOGY
from local.watch import watch

ROOT = Path(__file__).parents[2]
VERSION = "test"
LEASE_S = 6


@pytest.fixture(scope="session")
def compose(tmp_path_factory: pytest.TempPathFactory) -> Compose:
    """A compose project beside whatever else runs here; without Docker tests skip, but fail in CI."""
    try:
        docker("version")
    except (FileNotFoundError, DockerFailedError) as error:
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI takes a Docker engine: {error}")
        pytest.skip("no Docker engine")
    files = (ROOT / "docker-compose.yml", ROOT / "tests/containers/docker-compose.yml")
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return Compose(
        {
            **inherited,
            "COMPOSE_PROJECT_NAME": "encore-test",
            "COMPOSE_FILE": os.pathsep.join(map(str, files)),
            "ENCORE_VERSION": VERSION,
            "ENCORE_EMULATOR_PORT": str(free_port()),
            "TEST_TOPOLOGY": str(_topology(tmp_path_factory.mktemp("topology"))),
        }
    )


def _topology(folder: Path) -> Path:
    """The project's topology, with leases that end soon after a crash."""
    topology = yaml.safe_load(TOPOLOGY.read_text())
    for queue in topology["queues"].values():
        queue["visibility_s"] = LEASE_S
    path = folder / "topology.yaml"
    path.write_text(yaml.safe_dump(topology))
    return path


@pytest.fixture(scope="session")
def images(compose: Compose) -> dict[str, str]:
    """Every image of ours, freshly built, by service."""
    compose("build", "--quiet")
    names = ("ingest", "sentiment", "recommender", "mailer", "understudy", "local")
    return {name: f"encore/{name}:{VERSION}" for name in names}


@pytest.fixture(scope="session")
def stack(
    compose: Compose, images: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    """Everything of docker-compose.yml, running; what the containers said is kept when it ends."""
    assert images
    logs = tmp_path_factory.mktemp("logs")
    endpoint = f"http://127.0.0.1:{compose.environment['ENCORE_EMULATOR_PORT']}"
    topology = Path(compose.environment["TEST_TOPOLOGY"])
    try:
        compose("up", "--detach")
        with (
            exported(compose.environment),
            compose_stack(logs, endpoint=endpoint, topology=topology) as running,
        ):
            yield running
    finally:
        compose("down", "--volumes")


@pytest.fixture
async def pipeline(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Pipeline]:
    """The stack, with this test's environment pointing at it."""
    for name, value in stack.environment.items():
        monkeypatch.setenv(name, value)
    async with watch(stack.resources) as eyes:
        yield Pipeline(stack, eyes)


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SampleFacts]:
    """A file with enough interactions for Personalize to train on."""
    path = tmp_path_factory.mktemp("data") / "sample.csv"
    return path, write_sample(path, seed=11, customers=520, products=110)
