"""Does a stage have everything it takes to turn a file into emails? Nothing is changed by asking.

Works against AWS and against emulators; what an emulator lacks is skipped, never called a failure.
"""

from encore.cli.verification.account import Account
from encore.cli.verification.ai import ai_checks
from encore.cli.verification.check import Check, Outcome, Result, run
from encore.cli.verification.resources import resource_checks
from encore.cli.verification.sending import sending_checks
from encore.cli.verification.services import service_checks
from encore.stack.topology import Topology

__all__ = ["Account", "Check", "Outcome", "Result", "verify"]


def verify(topology: Topology, account: Account) -> list[Result]:
    """Run every check, in the order of the flow; a check that cannot be run is a result too."""
    checks = [
        *resource_checks(topology, account),
        *service_checks(account),
        *ai_checks(account),
        *sending_checks(account),
    ]
    return [run(check, on_aws=account.on_aws) for check in checks]
