import pytest
from bedrocks import HAIKU, NOVA, OPUS

from understudy.account import AccountOptions, create_service
from understudy.account.service import FARGATE_CODE
from understudy.wire.service import Params, ServiceError

MODELS = (HAIKU, f"us.{OPUS}", f"global.{HAIKU}", NOVA)


async def asked(operation: str, options: AccountOptions = AccountOptions(), **params: str) -> Params:  # noqa: B008 - frozen
    """Return the answer of an operation."""
    service = create_service(options, model_ids=MODELS, region="eu-west-1", account_id="123456789012")
    return await service.operations[operation](params)


async def quotas(service: str, options: AccountOptions = AccountOptions()) -> dict[str, float]:  # noqa: B008 - frozen
    """Return the quotas of a service by name."""
    answer = await asked("ListServiceQuotas", options, ServiceCode=service)
    return {each["QuotaName"]: each["Value"] for each in answer["Quotas"]}


@pytest.mark.parametrize(
    "name",
    [
        "On-demand model inference requests per minute for Anthropic Claude Haiku 4.5",
        "On-demand model inference tokens per minute for Anthropic Claude Haiku 4.5",
        "Global cross-region model inference requests per minute for Anthropic Claude Haiku 4.5",
        "Cross-region model inference tokens per minute for Anthropic Claude Opus 4.7",
    ],
)
async def test_each_way_to_call_a_model_has_its_quotas(name: str) -> None:
    """Named as in the console."""
    assert name in await quotas("bedrock")


async def test_only_claudes_models_have_quotas() -> None:
    """Two for each way to call one."""
    assert len(await quotas("bedrock")) == 6


async def test_quotas_are_what_the_options_say() -> None:
    """By default, a new account's."""
    options = AccountOptions(
        converse_rpm=5, converse_tpm=6, comprehend_tps=7, fargate_vcpus=8, dataset_groups=9
    )
    assert set((await quotas("bedrock", options)).values()) == {5, 6}
    assert list((await quotas("comprehend", options)).values()) == [7]
    assert list((await quotas("fargate", options)).values()) == [8]
    campaigns, requests = 5, 500
    assert list((await quotas("personalize", options)).values()) == [9, campaigns, requests]
    assert list((await quotas("comprehend")).values()) == [10]


async def test_a_quota_has_a_code_and_an_arn_of_its_own() -> None:
    """Fargate's is AWS's; the others' are the same each time."""
    [fargate] = (await asked("ListServiceQuotas", ServiceCode="fargate"))["Quotas"]
    assert fargate["QuotaCode"] == FARGATE_CODE
    assert fargate["QuotaArn"] == f"arn:aws:servicequotas:eu-west-1:123456789012:fargate/{FARGATE_CODE}"
    bedrock = (await asked("ListServiceQuotas", ServiceCode="bedrock"))["Quotas"]
    again = (await asked("ListAWSDefaultServiceQuotas", ServiceCode="bedrock"))["Quotas"]
    assert len({each["QuotaCode"] for each in bedrock}) == len(bedrock)
    assert bedrock == again


async def test_other_services_have_no_quotas_here() -> None:
    """As AWS says of a service that it does not know."""
    with pytest.raises(ServiceError, match="NoSuchResourceException"):
        await asked("ListServiceQuotas", ServiceCode="s3")
