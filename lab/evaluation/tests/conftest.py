"""The command line, and an environment for it, as the tests of the command have them."""

from tools.cli.tests.conftest import (  # noqa: F401 - fixtures
    environment,
    fondly,
    in_ledger,
    no_local_stack,
    run_fondly,
)
