"""Knows the features of products: those that are stored, and for new entries of the catalogue the model's."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from encore.contracts.records import Product
from encore.mailer.domain.copy.answers import AnswerFormatError
from encore.mailer.domain.copy.feature_answers import read_features
from encore.mailer.domain.copy.prompt import Prompt, features_prompt
from encore.mailer.domain.facts.features import ProductFeatures, accept, digest_of
from encore.mailer.domain.words.lists import WordLists
from encore.mailer.ports import FeatureRecords
from encore.mailer.use_cases.ask_once import AskOnce, PaidReply
from encore.runtime.parallel import for_each


@dataclass(frozen=True, kw_only=True)
class KnowFeatures:
    """Asks once for each product, not for each email."""

    ask_once: AskOnce
    records: FeatureRecords
    language: str
    parallel: int

    async def prompts(self, products: Iterable[Product]) -> list[Prompt]:
        """Return what would have to be asked."""
        unknown = await self._unknown({each.product_id: each for each in products}, {})
        return [features_prompt(each, language=self.language) for each in unknown]

    async def run(self, products: Iterable[Product], *, payer: str) -> dict[str, ProductFeatures]:
        """Return the features of every product, by product id."""
        wanted = {each.product_id: each for each in products}
        known: dict[str, ProductFeatures] = {}
        unknown = await self._unknown(wanted, known)
        asked: list[ProductFeatures] = []

        async def ask(product: Product) -> None:
            prompt = features_prompt(product, language=self.language)
            asked.append(self._record(product, prompt, await self.ask_once.run(prompt, payer=payer)))

        await for_each(unknown, ask, parallel=self.parallel)
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

    def _record(self, product: Product, prompt: Prompt, paid: PaidReply) -> ProductFeatures:
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
            prompt_key=prompt.key(self.ask_once.model_id),
            payer=paid.payer,
            input_tokens=reply.input_tokens,
            output_tokens=reply.output_tokens,
            cache_read_tokens=reply.cache_read_tokens,
            cache_write_tokens=reply.cache_write_tokens,
            updated_at=datetime.now(UTC),
        )
