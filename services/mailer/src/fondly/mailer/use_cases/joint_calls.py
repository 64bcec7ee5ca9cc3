"""Calls that ask about several products at once, of which each answer is kept alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from fondly.mailer.domain.copy.answers import split_answer
from fondly.mailer.domain.copy.product_prompt import TOGETHER, ProductPrompt, joined
from fondly.mailer.domain.copy.prompt import Prompt
from fondly.mailer.ports import TOKENS, ModelReply
from fondly.runtime.batches import batches


def calls(prompts: Mapping[str, Prompt]) -> Iterator[Mapping[str, Prompt]]:
    """Yield the prompts of each call, by key: products together, everything else alone."""
    yield from ({key: prompt} for key, prompt in prompts.items() if not isinstance(prompt, ProductPrompt))
    products = [(key, prompt) for key, prompt in prompts.items() if isinstance(prompt, ProductPrompt)]
    yield from (dict(group) for group in batches(products, TOGETHER))


def question(prompts: Sequence[Prompt]) -> Prompt:
    """Return what the model is asked for the prompts of one call."""
    products = [prompt for prompt in prompts if isinstance(prompt, ProductPrompt)]
    return joined(products) if products else prompts[0]


def shared_out(reply: ModelReply, products: int) -> list[ModelReply]:
    """Return the reply about each product, with its share of the tokens; the first has what remains."""
    if products == 1:
        return [reply]
    each = {kind: getattr(reply, kind) // products for kind in TOKENS}
    rest = {kind: getattr(reply, kind) - number * (products - 1) for kind, number in each.items()}
    first, *others = split_answer(reply.text, products)
    return [
        replace(reply, text=first, **rest),
        *(replace(reply, text=text, calls=0, **each) for text in others),
    ]
