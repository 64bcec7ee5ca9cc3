"""Which of AWS's operations are answered: found by comparing handlers with botocore's service models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.model import ServiceModel

from understudy.wire.dialect import load_description

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from understudy.wire.service import Service


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCoverage:
    """What is answered of one service; operations are in alphabetical order."""

    name: str
    """botocore's name: `personalize-runtime`."""
    title: str
    """AWS's name: `Amazon Personalize Runtime`."""
    answered: tuple[str, ...]
    unanswered: tuple[str, ...]

    @property
    def total(self) -> int:
        """How many operations the service has."""
        return len(self.answered) + len(self.unanswered)


def coverage_of(services: Iterable[Service]) -> list[ServiceCoverage]:
    """Return the coverage of every service, by its title; the installed botocore says what there is."""
    return sorted((_coverage(service) for service in services), key=lambda each: each.title)


def markdown(coverage: Iterable[ServiceCoverage]) -> str:
    """Return a table of what is answered."""
    rows = (
        f"| {each.title} (`{each.name}`) | {len(each.answered)} of {each.total} | "
        f"{', '.join(f'`{name}`' for name in each.answered)} |"
        for each in coverage
    )
    return "\n".join(["| service | operations | answered |", "| --- | --- | --- |", *rows]) + "\n"


def banner(coverage: Sequence[ServiceCoverage], *, version: str, url: str) -> str:
    """Return what a person sees at the start: each service with how much of it is answered."""
    width = max(len(each.name) for each in coverage)
    lines = [f"  {each.name:{width}}  {len(each.answered):>3} of {each.total}" for each in coverage]
    ending = "Every other operation is refused by name; the page above lists them."
    return "\n".join([f"understudy {version}   {url}", "", *lines, "", ending, ""])


def _coverage(service: Service) -> ServiceCoverage:
    model = ServiceModel(load_description(service.name), service.name)
    return ServiceCoverage(
        name=service.name,
        title=model.metadata["serviceFullName"],
        answered=tuple(sorted(service.operations)),
        unanswered=tuple(sorted(set(model.operation_names) - set(service.operations))),
    )
