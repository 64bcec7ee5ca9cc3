"""The embedded stack: an AWS emulator, understudy, the sample's pictures and our processes, on loopback.

These are the services; the recommender's web process, which answers with a customer's current picks; and the
sender's other processes, which show the pages to unsubscribe and read what comes back; and the console.

The services have the same entry points and settings as in their containers; only endpoints and a few
waiting times differ from AWS.
"""

import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from fondly.operations.check.link_hosts import any_host
from fondly.operations.local_stack import ENVIRONMENT, exported
from fondly.operations.shop.rendering import CONSENT_NOT_REQUIRED, TRIAL
from fondly.operations.topology import SERVICES, Topology, load_topology
from fondly.stack.kept import kept_in
from fondly.stack.local_mail import MAILBOX, NOWHERE, TRANSPORT, local_mail
from fondly.stack.processes import Processes, StackNotReadyError
from fondly.stack.provision import Resources, provision

REGION = "eu-west-1"
EMULATOR = "emulator"
"""The one process whose death ends the stack: what it held is gone with it."""
WEB = "recommender.web"
FEEDBACK, PAGES = "sender.feedback", "sender.web"
FINISHING = (*SERVICES, "sentiment", "mailer")
"""What takes a run to its end. What works alone for long comes twice, as a process uses one core."""
PROCESSES = (*FINISHING, FEEDBACK, WEB, PAGES)
CONSOLE = "console"
CONSOLE_PORT, CONSOLE_KEY = "FONDLY_CONSOLE_PORT", "FONDLY_CONSOLE_KEY_FILE"
"""The variables with the console's port, and with the file of the key that signs its one-time addresses."""
WEB_PORT = "FONDLY_RECOMMENDER_WEB_PORT"
"""The variable with the port of the web process, which asks for no key on loopback."""
PAGES_PORT = "FONDLY_SENDER_WEB_PORT"
"""The variable with the port of the process with the pages to unsubscribe."""
KEY, LOCAL_KEY = "FONDLY_MAILER_UNSUBSCRIBE_KEY", "FONDLY_SENDER_UNSUBSCRIBE_KEYS__LOCAL"
"""The variable with the key that signs links, and one that verifies them where there is none."""
UNSUBSCRIBE_URL = "FONDLY_MAILER_UNSUBSCRIBE_URL"
"""The variable with the address that links to unsubscribe lead to."""
OF_THE_SENDER = ("FONDLY_SENDER_", "FONDLY_CONTACT_")
"""What the names of the sender's settings begin with: commands say by them what an approval leads to."""
AT_ONCE = 2
"""The services that a run begins with; the others load their code while these read its file."""
READY_S = 60.0
PROBE_S = 0.05

# Waiting times for a stand-in that answers in milliseconds (the defaults suit AWS), and the name of a role.
LOCAL_SETTINGS = {
    "FONDLY_CONCURRENCY": "2",  # while one part waits for an answer another works, and parts end one by one
    "FONDLY_RECEIVE_WAIT_S": "2",
    "FONDLY_MAILER_CONVERSE_RPM": "60000",
    "FONDLY_SENDER_POLL_INTERVAL_S": "1",
    "FONDLY_SENTIMENT_CALLS_PER_S": "100",
    "FONDLY_RECOMMENDER_POLL_INTERVAL_S": "1",
    "FONDLY_PERSONALIZE_ROLE_ARN": "arn:aws:iam::000000000000:role/fondly-personalize",
    "UNDERSTUDY_STATE_DELAY_S": "0",
    "UNDERSTUDY_PERSONALIZE_PATIENCE_S": "5",  # a poll comes a second after a training has ended, or more
}


@dataclass(frozen=True)
class Stack:
    """A running stack."""

    resources: Resources
    variables: Mapping[str, str]
    """What a client needs to reach the stack: endpoints, credentials, region, and the services' settings."""

    def check(self) -> None:
        """Raise `ProcessDiedError` if one of our processes has died."""

    def dismiss(self) -> None:
        """Begin to stop what has no more to do once its one run has ended, unless others may use it."""


@dataclass(frozen=True)
class EmbeddedStack(Stack):
    """A stack of child processes."""

    processes: Processes
    is_kept: bool
    """Whether it has a folder in which it goes on later."""

    def check(self) -> None:
        """Raise `ProcessDiedError` if one has died."""
        self.processes.check()

    def dismiss(self) -> None:
        """Begin to stop all but the emulator, which has the results."""
        if not self.is_kept:
            self.processes.dismiss(but=EMULATOR)


@contextmanager
def embedded_stack(
    log_dir: Path,
    *,
    services: Sequence[str] = PROCESSES,
    topology: Topology | None = None,
    state: Path | None = None,
) -> Iterator[EmbeddedStack]:
    """Run the stack, by `topology` if given, with its `Stack.variables` set in this process meanwhile.

    With a folder `state` it goes on where it ended: with its runs, queues, addresses and trained models. The
    console takes one; nobody waits for it, and the stack goes on without it. Raises `StackNotReadyError` if
    the extra `embedded` is not installed, or if something does not start.
    """
    if find_spec("ministack") is None:
        raise StackNotReadyError("a local stack takes more than fondly-cli alone: install `fondly`")
    with local_mail(log_dir.parent / MAILBOX, os.environ) as mail, Processes(log_dir) as processes:
        kept = kept_in(state, ports=5)
        emulator, understudy, web, pages, console = kept.ports
        environment = _sender_settings() | _endpoints(emulator, understudy) | LOCAL_SETTINGS
        environment |= any_host(os.environ) | mail
        if CONSENT_NOT_REQUIRED not in os.environ:
            environment |= TRIAL
        if WEB in services:
            environment[WEB_PORT] = str(web)
        if PAGES in services:
            environment[PAGES_PORT] = str(pages)
            environment |= signing(pages, sends=bool(mail), key=kept.key)
        if CONSOLE in services and state:
            environment |= {CONSOLE_PORT: str(console), CONSOLE_KEY: str(state / "console.key")}
        with exported(environment):
            _start_emulator(processes, emulator, state)
            _start_understudy(processes, understudy, state)
            processes.start("pictures", ["-m", "fondly.stack.pictures"], {})
            await_answer(f"http://127.0.0.1:{emulator}/_ministack/health", processes.check)
            resources = provision(topology or load_topology(), environment=ENVIRONMENT, region=REGION)
            settings = resources.settings()
            with exported(settings):
                _start_services(processes, services[:AT_ONCE])
                await_answer(f"http://127.0.0.1:{understudy}/_understudy/health", processes.check)
                _start_services(processes, services[AT_ONCE:])
                for process, port in ((WEB, web), (PAGES, pages)):
                    if process in services:
                        await_answer(f"http://127.0.0.1:{port}/live", processes.check)
                try:
                    yield EmbeddedStack(
                        resources, environment | settings, processes, is_kept=state is not None
                    )
                finally:
                    if state:  # what they have in hand is done, or in its queue again, before that is kept
                        processes.end(*services)


@contextmanager
def attached_stack(environment: Mapping[str, str], *, topology: Topology | None = None) -> Iterator[Stack]:
    """Yield the stack that runs where `environment` points: provisioning it again changes nothing."""
    with exported(environment):
        resources = provision(topology or load_topology(), environment=ENVIRONMENT, region=REGION)
        yield Stack(resources, {**environment, **resources.settings()})


def _sender_settings() -> dict[str, str]:
    """What this process's environment says of the sender: nothing is sent unless it says how."""
    said = {name: value for name, value in os.environ.items() if name.startswith(OF_THE_SENDER)}
    return {TRANSPORT: NOWHERE} | said


def signing(pages: int, *, sends: bool, key: str) -> dict[str, str]:
    """What signs and verifies links to unsubscribe, to this stack's own pages, unless the shop sets it."""
    if os.environ.get(KEY):
        return {}
    if sends and not os.environ.get(UNSUBSCRIBE_URL):
        return {UNSUBSCRIBE_URL: f"http://127.0.0.1:{pages}/unsubscribe", KEY: key}
    return {LOCAL_KEY: key}


def _endpoints(emulator: int, understudy: int) -> dict[str, str]:
    stand_in = f"http://127.0.0.1:{understudy}"
    return {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{emulator}",
        "AWS_ENDPOINT_URL_COMPREHEND": stand_in,
        "AWS_ENDPOINT_URL_PERSONALIZE": stand_in,
        "AWS_ENDPOINT_URL_PERSONALIZE_EVENTS": stand_in,
        "AWS_ENDPOINT_URL_PERSONALIZE_RUNTIME": stand_in,
        "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": stand_in,
        "AWS_ENDPOINT_URL_SERVICE_QUOTAS": stand_in,
        "AWS_ENDPOINT_URL_SESV2": stand_in,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


def _start_emulator(processes: Processes, port: int, state: Path | None) -> None:
    processes.start(
        EMULATOR,
        ["-m", "fondly.stack.emulator", *([str(state / "stores.pickle")] if state else [])],
        {
            "GATEWAY_PORT": str(port),
            "MINISTACK_HOST": "127.0.0.1",
            "IOT_MTLS_ENABLED": "0",  # it would listen on every interface, at one fixed port
            "LOG_LEVEL": "WARNING",
        },
    )


def _start_understudy(processes: Processes, port: int, state: Path | None) -> None:
    kept = {"UNDERSTUDY_STATE_DIR": str(state / "understudy")} if state else {}
    processes.start(
        "understudy",
        ["-m", "understudy"],
        {"UNDERSTUDY_HOST": "127.0.0.1", "UNDERSTUDY_PORT": str(port), "UNDERSTUDY_REGION": REGION, **kept},
    )


def _start_services(processes: Processes, services: Sequence[str]) -> None:
    for service in services:
        processes.start(service, ["-m", f"fondly.{service}"], {}, is_needed=service != CONSOLE)


def await_answer(url: str, check: Callable[[], None] = lambda: None) -> None:
    """Wait for any answer from a server; raise `StackNotReadyError` if there is none in time.

    As long as there is none, `check` may raise why.
    """
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=1.0):  # noqa: S310 - our own loopback address
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            check()
            time.sleep(PROBE_S)
    raise StackNotReadyError(f"no answer from {url} within {READY_S:.0f} s")
