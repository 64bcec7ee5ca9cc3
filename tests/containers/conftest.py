"""The images and the compose stack, shared by the tests in containers."""

import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import docker
import pytest
import yaml
from docker.errors import DockerException
from testcontainers.core.config import testcontainers_config

from fondly.evaluation.sample import SampleFacts, write_sample
from fondly.operations.local_stack import exported
from fondly.operations.topology import TOPOLOGY
from fondly.stack.compose import compose_stack
from fondly.stack.embedded import Stack
from fondly.stack.observer import observe
from fondly.stack.processes import free_port
from tests.support.containers import Compose
from tests.support.outward import Outward, outward
from tests.support.pipeline import Pipeline

ROOT = Path(__file__).parents[2]
VERSION = "test"
VISIBILITY_S = 10
PATIENCE_S = 240.0

# Its reaper is one more image to pull and has access to the engine's socket; the tests clean up themselves.
testcontainers_config.ryuk_disabled = True


@pytest.fixture(scope="session")
def engine() -> Iterator[docker.DockerClient]:
    """The Docker engine; without one, tests skip locally and fail in CI."""
    try:
        client = docker.from_env()
    except DockerException as error:
        if os.environ.get("CI") == "true":
            pytest.fail(f"the container tests need a Docker engine: {error}")
        pytest.skip("no Docker engine")
    yield client
    client.close()


@pytest.fixture(scope="session")
def topology(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's topology, with visibility timeouts that end soon after a crash."""
    topology = yaml.safe_load(TOPOLOGY.read_text())
    for queue in topology["queues"].values():
        queue["visibility_s"] = VISIBILITY_S
    path = tmp_path_factory.mktemp("topology") / "topology.yaml"
    path.write_text(yaml.safe_dump(topology))
    return path


@pytest.fixture(scope="session")
def project(engine: docker.DockerClient, topology: Path) -> Callable[..., Compose]:
    """Create compose projects that do not collide with others on this machine: `project(name, override…)`."""

    def made(name: str, *overrides: str) -> Compose:
        files = ("docker-compose.yml", *overrides, "tests/containers/docker-compose.yml")
        inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        own = {
            "COMPOSE_PROJECT_NAME": name,
            "COMPOSE_FILE": os.pathsep.join(str(ROOT / file) for file in files),
            "FONDLY_VERSION": VERSION,
            "FONDLY_EMULATOR_PORT": str(free_port()),
            "FONDLY_WEB_PORT": str(free_port()),
            "FONDLY_UNSUBSCRIBE_PORT": str(free_port()),
            "FONDLY_CONSOLE_PORT": str(free_port()),
            "TEST_TOPOLOGY": str(topology),
        }
        return Compose(engine, inherited | own)

    return made


@pytest.fixture(scope="session")
def compose(project: Callable[..., Compose]) -> Compose:
    """The compose project that most tests use."""
    return project("fondly-test")


@pytest.fixture(scope="session")
def images(compose: Compose) -> dict[str, str]:
    """All our images, freshly built, by name."""
    compose("build", "--quiet")
    names = (
        "ingest",
        "sentiment",
        "recommender",
        "mailer",
        "sender",
        "understudy",
        "cli",
        "console",
        "emulator",
    )
    return {name: f"fondly/{name}:{VERSION}" for name in names}


@contextmanager
def started(compose: Compose, logs: Path, *services: str) -> Iterator[Stack]:
    """A running compose project, or some services of it; the containers' logs are kept when it ends."""
    endpoint = f"http://127.0.0.1:{compose.environment['FONDLY_EMULATOR_PORT']}"
    topology = Path(compose.environment["TEST_TOPOLOGY"])
    try:
        compose("up", "--detach", *services)
        with (
            exported(compose.environment),
            compose_stack(logs, endpoint=endpoint, topology=topology) as running,
        ):
            yield running
    finally:
        compose("down", "--volumes")


@pytest.fixture(scope="session")
def run_stack() -> Callable[..., AbstractContextManager[Stack]]:
    """Run a compose project: `run_stack(project, folder of logs, service…)`."""
    return started


@pytest.fixture(scope="session")
def stack(
    compose: Compose, images: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    """The services of docker-compose.yml, running."""
    assert images
    with started(compose, tmp_path_factory.mktemp("logs")) as running:
        yield running


@pytest.fixture
async def pipeline(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Pipeline]:
    """The stack, with this test's environment pointing at it."""
    for name, value in stack.variables.items():
        monkeypatch.setenv(name, value)
    async with observe(stack.resources) as observer:
        yield Pipeline(stack, observer, patience_s=PATIENCE_S)


@pytest.fixture
def outside(pipeline: Pipeline) -> Iterator[Outward]:
    """Records what the stack announces and stores from now on."""
    with outward(pipeline.stack.resources) as observer:
        yield observer


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SampleFacts]:
    """A file with enough interactions for Personalize to train on."""
    path = tmp_path_factory.mktemp("data") / "sample.csv"
    return path, write_sample(path, seed=11, customers=520, products=110)
