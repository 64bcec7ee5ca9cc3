"""All checks, by service."""

from understudy.conform.suites.suite import SERVICES, all_checks

__all__ = ["SERVICES", "all_checks"]
