"""What has to be there before an upgrade: resources, tasks of one release, settings that it reads."""

import os
from functools import partial
from pathlib import Path

from fondly.contracts.errors import InvalidFileError
from fondly.operations.shop import load_shop
from fondly.operations.topology import SERVICES, Topology
from fondly.operations.verification.account import Account
from fondly.operations.verification.check import Check, Finding, Outcome, Result, judged, run, skipped
from fondly.operations.verification.resources import DEAD_LETTERS, resource_checks
from fondly.operations.verification.services import FEEDBACK, OPTIONAL, described, task_settings
from fondly.runtime.changed_settings import changed_settings

SETTINGS = "docs/upgrading says what has become of settings"

REPLACED = "ACTIVE"
"""A deployment being replaced still has tasks: Amazon ECS API Reference, Deployment, December 2026."""


def before_upgrading(topology: Topology, account: Account, config: Path | None) -> list[Result]:
    """Look at what an upgrade needs, and at the settings of tasks and of this folder; changes nothing."""
    wanted = [each for each in resource_checks(topology, account) if each.remedy != DEAD_LETTERS]
    found = [run(each, on_aws=account.on_aws) for each in wanted]
    missing = [each for each in found if each.outcome is Outcome.FAILED]
    there = Result("resources", Outcome.OK, f"{len(found) - len(missing)} of {len(found)} are there", "")
    checks = [
        Check("tasks", f"wait until ECS has replaced all tasks; {SETTINGS}", partial(_tasks, account)),
        Check("settings here", SETTINGS, partial(_here, config)),
    ]
    return [there, *missing, *(run(check, on_aws=account.on_aws) for check in checks)]


def _tasks(account: Account) -> Finding:
    if not account.on_aws:
        return skipped("emulator: services run elsewhere")
    problems = list[str]()
    for name in (*SERVICES, FEEDBACK, *OPTIONAL):
        deployments = (described(account, name) or {}).get("deployments", ())
        if REPLACED in {each["status"] for each in deployments}:
            problems.append(f"{name}: is being deployed")
        problems += [f"{name}: {each}" for each in changed_settings(task_settings(account, name))]
    return judged(problems)


def _here(config: Path | None) -> Finding:
    """The environment of this process, docker compose's file, and the shop's."""
    file = Path(".env")
    lines = file.read_text("utf-8").splitlines() if file.is_file() else []
    written = dict(line.partition("=")[::2] for line in lines if not line.startswith("#"))
    problems = list(changed_settings({**os.environ, **written}))
    try:
        load_shop(config)
    except InvalidFileError as error:
        problems.append(str(error))
    return judged(problems)
