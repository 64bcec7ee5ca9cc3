"""What has to be there before an upgrade: resources, tasks of one release, settings that it reads."""

import os
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import chain
from pathlib import Path

from fondly.ingest.settings import IngestSettings
from fondly.mailer.domain.message.toml_file import InvalidFileError
from fondly.mailer.settings import MailerSettings
from fondly.operations.shop import load_shop
from fondly.operations.topology import SERVICES, Topology
from fondly.operations.verification.account import Account
from fondly.operations.verification.check import Check, Finding, Outcome, Result, judged, run, skipped
from fondly.operations.verification.resources import DEAD_LETTERS, resource_checks
from fondly.operations.verification.services import FEEDBACK, OPTIONAL, described, task_settings
from fondly.recommender.settings import RecommenderSettings
from fondly.runtime.changed_settings import changed_settings
from fondly.runtime.settings import names_of
from fondly.sender.settings import SenderSettings

ENV_FILE = Path(".env")
"""Of docker compose, in this folder."""
SETTINGS = "docs/upgrading says what has become of settings"
KNOWN = names_of(IngestSettings, MailerSettings, RecommenderSettings, SenderSettings)
NAMES = (*SERVICES, FEEDBACK, *OPTIONAL)


def before_upgrading(topology: Topology, account: Account, config: Path | None) -> list[Result]:
    """Look at what an upgrade needs, and at the settings of tasks and of this folder; changes nothing."""
    wanted = [each for each in resource_checks(topology, account) if each.remedy != DEAD_LETTERS]
    resources = [run(each, on_aws=account.on_aws) for each in wanted]
    missing = [each for each in resources if each.outcome is Outcome.FAILED]
    there = Result(
        "resources", Outcome.OK, f"{len(resources) - len(missing)} of {len(resources)} are there", ""
    )
    checks = [
        Check(
            "services being deployed", "wait until ECS has replaced all tasks", partial(_deployments, account)
        ),
        Check("settings of tasks", SETTINGS, partial(_of_tasks, account)),
        Check("settings here", SETTINGS, partial(_here, config)),
    ]
    return [there, *missing, *(run(check, on_aws=account.on_aws) for check in checks)]


def _deployments(account: Account) -> Finding:
    if not account.on_aws:
        return skipped("emulator: services run elsewhere")
    services = {name: described(account, name) for name in NAMES}
    return judged([name for name, each in services.items() if each and len(each.get("deployments", ())) > 1])


def _of_tasks(account: Account) -> Finding:
    if not account.on_aws:
        return skipped("emulator: services run elsewhere")
    return judged([f"{name}: {each}" for name in NAMES for each in _changed(task_settings(account, name))])


def _here(config: Path | None) -> Finding:
    """The environment of this process, docker compose's file, and the shop's."""
    lines = ENV_FILE.read_text("utf-8").splitlines() if ENV_FILE.is_file() else []
    written = dict(line.partition("=")[::2] for line in lines if not line.startswith("#"))
    try:
        load_shop(config)
    except InvalidFileError as error:
        return judged([*_changed(os.environ), *_changed(written), str(error)])
    return judged(list(chain(_changed(os.environ), _changed(written))))


def _changed(variables: Mapping[str, str]) -> Iterator[str]:
    return changed_settings((name for name, value in variables.items() if value), KNOWN)
