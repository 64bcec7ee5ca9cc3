"""Service Quotas, as the SDK sees it."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from understudy.account import AccountOptions
from understudy.settings import Settings
from understudy.testing import UnderstudyServer


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """An account that may do more than a new one."""
    options = AccountOptions(converse_rpm=1_000, comprehend_tps=25)
    with UnderstudyServer(account=options) as server:
        yield server.url


def client(service: str, url: str) -> Any:  # noqa: ANN401 - clients have no common type
    """A client of the stand-in."""
    return boto3.client(service, region_name="us-east-1", endpoint_url=url)  # type: ignore[call-overload] # any


def test_quotas_are_listed_by_service(url: str) -> None:
    """A model has quotas of requests and of tokens, named by how it is called."""
    quotas = client("service-quotas", url)
    pages = quotas.get_paginator("list_service_quotas").paginate(ServiceCode="bedrock")
    found = {each["QuotaName"]: each["Value"] for page in pages for each in page["Quotas"]}
    assert found["On-demand model inference requests per minute for Anthropic Claude Haiku 5.5"] == 1_000
    assert found["Cross-region model inference tokens per minute for Anthropic Claude Haiku 5.5"] == 200_000
    [fargate] = quotas.list_service_quotas(ServiceCode="fargate")["Quotas"]
    assert (fargate["QuotaCode"], fargate["Value"]) == ("L-3032A538", 6)
    [comprehend] = quotas.list_aws_default_service_quotas(ServiceCode="comprehend")["Quotas"]
    assert comprehend["Value"] == 25


def test_a_service_without_quotas_is_refused(url: str) -> None:
    """With AWS's error."""
    with pytest.raises(ClientError, match="NoSuchResourceException"):
        client("service-quotas", url).list_service_quotas(ServiceCode="gopher")


def test_quotas_are_those_that_are_enforced(monkeypatch: pytest.MonkeyPatch) -> None:
    """What refuses calls is what Service Quotas says; the rest is a new account's."""
    monkeypatch.setenv("UNDERSTUDY_CONVERSE_RPM", "60")
    monkeypatch.setenv("UNDERSTUDY_FARGATE_VCPUS", "50")
    options = Settings().options().account
    assert (options.converse_rpm, options.converse_tpm, options.fargate_vcpus) == (60, 200_000, 50)
