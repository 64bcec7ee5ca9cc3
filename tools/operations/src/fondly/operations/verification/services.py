"""Checks that every queue has a consumer, and that services have the settings of the shop's file."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from fondly.operations.shop import Shop
from fondly.operations.shop.rendering import by_service
from fondly.operations.topology import SERVICES
from fondly.operations.verification.account import Account
from fondly.operations.verification.check import Check, Finding, judged, skipped
from fondly.operations.verification.expectations import service_problems
from fondly.runtime.batches import batches

UNDERSTUDY = "understudy"
FEEDBACK = "feedback"
CPU_UNITS = 1024
OPTIONAL = ("web", "clicks", UNDERSTUDY)
"""Services that an environment may do without."""


def service_checks(account: Account) -> list[Check]:
    """A check per service of the environment's ECS cluster."""
    remedy = f"see the service's events in the cluster {account.environment}, and its log in /fondly"
    names = (*SERVICES, FEEDBACK, *OPTIONAL)
    return [Check(f"service {name}", remedy, partial(_service, account, name)) for name in names]


def has_understudy(account: Account) -> bool:
    """True when the environment runs understudy instead of the AI services, which are then not called."""
    return account.on_aws and described(account, UNDERSTUDY) is not None


def _service(account: Account, name: str) -> Finding:
    if not account.on_aws:
        return skipped("emulator: services run elsewhere")
    service = described(account, name)
    if service is None:
        return skipped("not deployed") if name in OPTIONAL else judged(["does not exist"])
    running, desired = service["runningCount"], service["desiredCount"]
    told = f"{running} of {desired} tasks run" if desired else "scaled to zero"
    return judged(service_problems(service), detail=told)


def described(account: Account, name: str) -> Mapping[str, Any] | None:
    """Return what ECS says of a service; None if it does not exist."""
    try:
        reply = account.ecs.describe_services(cluster=account.environment, services=[account.named(name)])
    except account.ecs.exceptions.ClusterNotFoundException:
        return None
    found: list[Mapping[str, Any]] = [each for each in reply["services"] if each["status"] == "ACTIVE"]
    return found[0] if found else None


def task_settings(account: Account, name: str) -> dict[str, str]:
    """Return the environment that a service's next task gets; of a secret, the address of its parameter."""
    service = described(account, name)
    if service is None:
        return {}
    reply = account.ecs.describe_task_definition(taskDefinition=service["taskDefinition"])
    containers = reply["taskDefinition"]["containerDefinitions"]
    plain = {each["name"]: each["value"] for one in containers for each in one.get("environment", [])}
    secret = {each["name"]: each["valueFrom"] for one in containers for each in one.get("secrets", [])}
    return {**plain, **secret}


def vcpus_of_release(account: Account) -> float:
    """Return the on-demand vCPUs that a release takes: one task of each service at least, and its check."""
    found = [described(account, name) for name in (*SERVICES, FEEDBACK, *OPTIONAL)]
    return sum(_vcpus(account, each) for each in found if each)


def _vcpus(account: Account, service: Mapping[str, Any]) -> float:
    """What a service takes; the task that checks a new revision is never on Spot."""
    reply = account.ecs.describe_task_definition(taskDefinition=service["taskDefinition"])
    weights = {
        each["capacityProvider"]: each["weight"] for each in service.get("capacityProviderStrategy", [])
    }
    tasks = max(1, service["desiredCount"]) if not weights or weights.get("FARGATE") else 0
    return (tasks + 1) * int(reply["taskDefinition"].get("cpu", 0)) / CPU_UNITS


MAILER, MAILER_PREFIX = "mailer", "FONDLY_MAILER_"
REMEDY = "`fondly config tfvars >shop.auto.tfvars.json` where Terraform runs, then terraform apply"


def shop_checks(account: Account, shop: Shop) -> list[Check]:
    """A check per service that has settings of a shop."""
    return [
        Check(f"shop's settings of {name}", REMEDY, partial(_settings, account, shop, name, wanted))
        for name, wanted in by_service(shop.variables).items()
    ]


def _settings(account: Account, shop: Shop, name: str, wanted: Mapping[str, str]) -> Finding:
    if shop.file is None:
        return skipped("no fondly.toml here")
    if not account.on_aws:
        return skipped("emulator: services run elsewhere")
    found = _of_mailer(account, wanted) if name == MAILER else task_settings(account, name)
    differing = [
        f"{key} is {_shown(found.get(key))}, not {_shown(value)}"
        for key, value in wanted.items()
        if (found.get(key) or "") != value  # one that is missing is as good as empty
    ]
    return judged(differing, detail=f"{len(wanted)} as in {shop.file}")


def _shown(value: str | None) -> str:
    return "missing" if value is None else repr(value[:60])


def _of_mailer(account: Account, wanted: Mapping[str, str]) -> dict[str, str]:
    """The mailer's parameters, which its tasks read when they start."""
    names = {account.mailer_parameter(key.removeprefix(MAILER_PREFIX)): key for key in wanted}
    return {
        names[each["Name"]]: str(each["Value"])
        for some in batches(list(names), 10)  # SSM takes no more names at a time
        for each in account.ssm.get_parameters(Names=some)["Parameters"]
    }
