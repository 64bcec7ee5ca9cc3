"""The quotas of an account, by default a new one's."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class AccountOptions:
    """What Service Quotas and SES say; Bedrock and Comprehend refuse by settings of their own.

    Sources: AWS General Reference, endpoints and quotas of each service; Amazon SES Developer Guide,
    "Service quotas": a sandbox sends 200 emails a day, one a second.
    """

    converse_rpm: float = 100.0
    converse_tpm: float = 200_000.0
    comprehend_tps: float = 10.0
    fargate_vcpus: float = 6.0
    dataset_groups: float = 5.0
    campaigns: float = 5.0
    recommendations_tps: float = 500.0
    emails_per_day: float = 200.0
    emails_per_s: float = 1.0
    ses_production: bool = False
