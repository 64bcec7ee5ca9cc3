"""Knows the features of products: those that are stored, and for new entries of the catalogue the model's."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fondly.contracts.clock import utc_now
from fondly.contracts.records import Product
from fondly.mailer.domain.copy.answers import AnswerFormatError
from fondly.mailer.domain.copy.features import features_prompt, read_features
from fondly.mailer.domain.copy.prompt import Prompt
from fondly.mailer.domain.facts.features import ProductFeatures, accept, digest_of
from fondly.mailer.domain.words.lists import WordLists
from fondly.mailer.ports import TOKENS
from fondly.mailer.use_cases.ask_once import AskOnce, PaidReply
from fondly.runtime.ports import Items


@dataclass(frozen=True)
class FeatureRecords:
    """The table of product features, keyed by product; what a person has decided never expires."""

    items: Items

    async def put_all(self, records: Sequence[ProductFeatures]) -> None:
        """Store every record."""
        await self.items.put_all([record.model_dump(mode="json") for record in records])

    async def existing(self, product_ids: Sequence[str]) -> dict[str, ProductFeatures]:
        """Return the records of those products that have one, by product id."""
        found = await self.items.get_all([{"product_id": product_id} for product_id in product_ids])
        return {record.product_id: record for record in map(ProductFeatures.model_validate, found)}


@dataclass(frozen=True, kw_only=True)
class KnowFeatures:
    """Asks once for each product, not for each email."""

    ask_once: AskOnce
    records: FeatureRecords
    language: str

    async def run(self, products: Iterable[Product], *, payer: str) -> dict[str, ProductFeatures]:
        """Return the features of every product, by product id."""
        wanted = {each.product_id: each for each in products}
        known: dict[str, ProductFeatures] = {}
        unknown = await self._unknown(wanted, known)
        prompts = {each.product_id: features_prompt(each, language=self.language) for each in unknown}
        replies = await self.ask_once.run(prompts.values(), payer=payer)
        asked = [self._record(each, prompts[each.product_id], replies) for each in unknown]
        await self.records.put_all(asked)
        return known | {record.product_id: record for record in asked}

    async def _unknown(
        self, wanted: Mapping[str, Product], known: dict[str, ProductFeatures]
    ) -> list[Product]:
        """Fill `known` with what holds of the stored records; return the products without any."""
        stored = await self.records.existing(list(wanted))
        known.update(
            {
                product_id: record
                for product_id, record in stored.items()
                if record.edited or record.digest == digest_of(wanted[product_id])
            }
        )
        return [product for product_id, product in wanted.items() if product_id not in known]

    def _record(self, product: Product, prompt: Prompt, replies: Mapping[str, PaidReply]) -> ProductFeatures:
        key = prompt.key(self.ask_once.model_id)
        paid = replies[key]
        reply = paid.reply
        try:
            proposed, problem = read_features(reply.text), reply.refusal
        except AnswerFormatError as error:
            proposed, problem = [], reply.refusal or str(error)
        features, refused = accept(proposed, product, WordLists.load(self.language))
        return ProductFeatures(
            product_id=product.product_id,
            product_name=product.name,
            digest=digest_of(product),
            features=features,
            refused=(*refused, *filter(None, (problem,))),
            model_id=self.ask_once.model_id,
            prompt_version=prompt.version,
            prompt_key=key,
            payer=paid.payer,
            **{kind: getattr(reply, kind) for kind in TOKENS},
            updated_at=utc_now(),
        )
