import json

from fondly.contracts.records import Product
from fondly.mailer.ports import ModelReply
from fondly.mailer.use_cases.ask_once import AskOnce
from fondly.mailer.use_cases.know_features import FeatureRecords, KnowFeatures
from services.mailer.tests.conftest import catalogue_entry
from services.mailer.tests.fakes import InMemoryModel
from tests.support.kept_answers import InMemoryKeptAnswers
from tests.support.stores import InMemoryItems

CUSHIONS = ModelReply(
    text=json.dumps({"features": {"1": ["Soft cushions", "Wireless listening", "the best sound"]}}),
    input_tokens=50,
)


def knows(model: InMemoryModel, records: InMemoryItems) -> KnowFeatures:
    """The use case over doubles."""
    ask_once = AskOnce(model=model, model_id="claude", kept=InMemoryKeptAnswers(), parallel=2)
    return KnowFeatures(ask_once=ask_once, records=FeatureRecords(records), language="en")


async def features(know: KnowFeatures, product: Product) -> tuple[str, ...]:
    """The features of one product."""
    return (await know.run([product, product], payer="part-1"))[product.product_id].features


async def test_a_product_is_described_once() -> None:
    """What the catalogue proves is stored, and what was refused with the reason."""
    model, records = InMemoryModel(CUSHIONS), InMemoryItems("product_id")
    know = knows(model, records)
    for _ in range(2):
        assert await features(know, catalogue_entry(4)) == ("soft cushions", "wireless listening")
    assert model.calls == 1
    [record] = (await FeatureRecords(records).existing(["P4"])).values()
    assert record.refused == ("the best sound: 'best' is no feature",)
    assert (record.payer, record.input_tokens, record.prompt_version) == ("part-1", 50, "features-1-en")


async def test_a_changed_catalogue_entry_is_read_again() -> None:
    """Features of the old one may be gone."""
    model, records = InMemoryModel(CUSHIONS), InMemoryItems("product_id")
    know = knows(model, records)
    await features(know, catalogue_entry(4))
    assert await features(know, catalogue_entry(4, bullets=("Soft cushions",))) == ("soft cushions",)
    assert model.calls == 2


async def test_what_a_person_has_decided_stays() -> None:
    """Whatever the catalogue says, and without a call."""
    model, records = InMemoryModel(CUSHIONS), InMemoryItems("product_id")
    know = knows(model, records)
    await features(know, catalogue_entry(4))
    [record] = (await FeatureRecords(records).existing(["P4"])).values()
    edited = record.model_copy(update={"edited": True, "features": ("leather headband",)})
    await FeatureRecords(records).put_all([edited])
    assert await features(know, catalogue_entry(4, bullets=("New text",))) == ("leather headband",)
    assert model.calls == 1


async def test_a_useless_answer_leaves_a_product_without_features() -> None:
    """It is not asked again: the same question gets the same answer."""
    model, records = InMemoryModel(ModelReply(text="Sure!")), InMemoryItems("product_id")
    know = knows(model, records)
    assert await features(know, catalogue_entry(4)) == ()
    assert records.items["P4",]["refused"] == ["not JSON"]
    await features(know, catalogue_entry(4))
    assert model.calls == 1
