"""All checks, by service."""

from understudy.conform.suites.suite import all_checks

__all__ = ["all_checks"]
