"""Checks that an environment, on AWS or an emulator, has all it needs, without changing anything."""

from botocore.exceptions import BotoCoreError, ClientError

from fondly.operations.shop import Shop
from fondly.operations.topology import Topology
from fondly.operations.verification.account import Account
from fondly.operations.verification.ai import ai_checks
from fondly.operations.verification.check import Check, Outcome, Result, run
from fondly.operations.verification.outlook import Outlook, outlook
from fondly.operations.verification.quotas import FoundQuotas, find_quotas, model_of, quota_checks, ses_rate
from fondly.operations.verification.resources import resource_checks
from fondly.operations.verification.sending import sending_checks
from fondly.operations.verification.services import service_checks, shop_checks

__all__ = ["Account", "Check", "Outcome", "Outlook", "Result", "outlook_of", "verify_environment"]


def verify_environment(topology: Topology, account: Account, shop: Shop) -> list[Result]:
    """Run every check, in the order of the flow; one that cannot be run has a result too."""
    checks = [
        *resource_checks(topology, account),
        *service_checks(account),
        *shop_checks(account, shop),
        *ai_checks(account),
        *sending_checks(account),
        *quota_checks(account),
    ]
    return [run(check, on_aws=account.on_aws) for check in checks]


def outlook_of(account: Account, customers: int, *, within_hours: float) -> Outlook:
    """Return what customers take with the account's quotas; a new account's where nothing tells them."""
    try:
        found = find_quotas(account, model_of(account))
    except (BotoCoreError, ClientError):
        found = FoundQuotas()
    rate, model_id = ses_rate(account), model_of(account)
    return outlook(customers, found, within_hours=within_hours, model_id=model_id, rate=rate)
