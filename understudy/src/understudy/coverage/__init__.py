"""Which of AWS's operations are answered: found by comparing the handlers with botocore's service models."""

from understudy.coverage.coverage import ServiceCoverage, coverage_of

__all__ = ["ServiceCoverage", "coverage_of"]
