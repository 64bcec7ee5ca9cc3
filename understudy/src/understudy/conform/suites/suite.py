"""All checks, in the order in which they are made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.conform.suites.comprehend import comprehend_checks
from understudy.conform.suites.converse import converse_checks
from understudy.conform.suites.personalize_calls import personalize_call_checks
from understudy.conform.suites.personalize_creations import (
    personalize_creation_checks,
    personalize_output_checks,
)
from understudy.conform.suites.personalize_dependents import personalize_dependent_checks
from understudy.conform.suites.personalize_events import personalize_event_checks, personalize_runtime_checks
from understudy.conform.suites.personalize_imports import personalize_import_checks
from understudy.conform.suites.personalize_runs import personalize_run_checks
from understudy.conform.suites.personalize_schemas import personalize_schema_checks
from understudy.conform.suites.ses import ses_checks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from understudy.conform.check import Check


def all_checks() -> Sequence[Check]:
    """Return every check; those that take long come last in each service."""
    return [
        *comprehend_checks(),
        *ses_checks(),
        *personalize_schema_checks(),
        *personalize_call_checks(),
        *personalize_creation_checks(),
        *personalize_dependent_checks(),
        *personalize_output_checks(),
        *personalize_event_checks(),
        *personalize_runtime_checks(),
        *converse_checks(),
        *personalize_import_checks(),
        *personalize_run_checks(),
    ]
