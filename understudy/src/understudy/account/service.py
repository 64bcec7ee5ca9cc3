"""Service Quotas, with the quotas that matter to us."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from understudy.wire.service import Params, Service, ServiceError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping


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


Quota = dict[str, Any]
FARGATE_CODE = "L-3032A538"
"""The code of Fargate's quota, as AWS documents it; the others' are made up from their names."""
_MODEL = re.compile(
    r"(?:(?P<region>us-gov|us|eu|apac|au|ca|jp|global)\.)?anthropic\.(?P<name>claude-[a-z0-9-]+)"
)
_RELEASE = re.compile(r"-\d{8}.*")
_VERSION = re.compile(r"\b(\d+) (\d+)\b")


def create_service(
    options: AccountOptions, *, model_ids: Collection[str], region: str, account_id: str
) -> Service:
    """Return Service Quotas."""
    quotas = {
        "bedrock": [quota for model in sorted(model_ids) for quota in _of_model(model, options)],
        "comprehend": [
            _quota("BatchDetectSentiment throttle limit in transactions per second", options.comprehend_tps)
        ],
        "personalize": [
            _quota("Number of active dataset groups", options.dataset_groups),
            _quota("Number of active campaigns per dataset group", options.campaigns),
            _quota("GetRecommendations requests per second per campaign", options.recommendations_tps),
        ],
        "fargate": [
            _quota("Fargate On-Demand vCPU resource count", options.fargate_vcpus, code=FARGATE_CODE)
        ],
    }
    arn = f"arn:aws:servicequotas:{region}:{account_id}"
    listed = partial(_list, quotas, arn)
    return Service("service-quotas", {"ListServiceQuotas": listed, "ListAWSDefaultServiceQuotas": listed})


async def _list(quotas: Mapping[str, list[Quota]], arn: str, params: Params) -> Params:
    service = params["ServiceCode"]
    if service not in quotas:
        raise ServiceError("NoSuchResourceException", f"The service {service} has no quotas here.")
    return {
        "Quotas": [
            {
                "ServiceCode": service,
                "ServiceName": service.title(),
                "QuotaArn": f"{arn}:{service}/{quota['QuotaCode']}",
                "Adjustable": True,
                "GlobalQuota": False,
                "Unit": "None",
                **quota,
            }
            for quota in quotas[service]
        ]
    }


def _of_model(model_id: str, options: AccountOptions) -> Iterator[Quota]:
    """A model's two quotas, named as in the console: by how it is called."""
    found = _MODEL.match(model_id)
    if found is None:
        return
    words = _RELEASE.sub("", found["name"]).replace("-", " ")
    name = _VERSION.sub(r"\1.\2", words).title()
    regions = {None: "On-demand", "global": "Global cross-region"}.get(found["region"], "Cross-region")
    for unit, value in (("requests", options.converse_rpm), ("tokens", options.converse_tpm)):
        yield _quota(f"{regions} model inference {unit} per minute for Anthropic {name}", value)


def _quota(name: str, value: float, *, code: str | None = None) -> Quota:
    digest = sha256(name.encode()).hexdigest()[:8].upper()
    return {"QuotaCode": code or f"L-{digest}", "QuotaName": name, "Value": value}
