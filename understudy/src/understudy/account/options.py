"""The quotas of an account, by default a new one's."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class AccountOptions:
    """What Service Quotas says; Bedrock and Comprehend refuse by settings of their own.

    Source: AWS General Reference, endpoints and quotas of each service.
    """

    converse_rpm: float = 100.0
    converse_tpm: float = 200_000.0
    comprehend_tps: float = 10.0
    fargate_vcpus: float = 6.0
    dataset_groups: float = 5.0
    campaigns: float = 5.0
    recommendations_tps: float = 500.0
