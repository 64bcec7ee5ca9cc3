"""Checks that a deployment has what the shop's settings file says."""

from collections.abc import Mapping
from functools import partial

from fondly.operations.shop import Shop
from fondly.operations.shop.rendering import by_service
from fondly.operations.verification.account import Account
from fondly.operations.verification.check import Check, Finding, judged, skipped
from fondly.operations.verification.services import task_settings

MAILER, MAILER_PREFIX = "mailer", "FONDLY_MAILER_"
MAX_SHOWN_CHARS = 60
REMEDY = "`fondly config tfvars >shop.auto.tfvars.json` in the environment's folder, then terraform apply"


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
        if found.get(key) != value
    ]
    return judged(differing, detail=f"{len(wanted)} as in {shop.file}")


def _shown(value: str | None) -> str:
    return "missing" if value is None else repr(value[:MAX_SHOWN_CHARS])


def _of_mailer(account: Account, wanted: Mapping[str, str]) -> dict[str, str]:
    """The mailer's parameters, which its tasks read when they start."""
    names = {account.mailer_parameter(key.removeprefix(MAILER_PREFIX)): key for key in wanted}
    return {
        names[each["Name"]]: str(each["Value"])
        for some in _tens(list(names))
        for each in account.ssm.get_parameters(Names=some)["Parameters"]
    }


def _tens(names: list[str]) -> list[list[str]]:
    """SSM takes at most ten names at a time."""
    return [names[start : start + 10] for start in range(0, len(names), 10)]
