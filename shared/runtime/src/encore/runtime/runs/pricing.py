"""AWS list prices, which convert the units that a run used to US dollars.

On-demand prices in us-east-1 as of November 2026, without free tiers. Units are named `<service>.<unit>`;
Bedrock's include the model: `bedrock.input_tokens.<model id>`. Input tokens read from or written to a model's
cache, and all tokens of batch inference, are units of their own.
"""

from collections.abc import Mapping
from decimal import Decimal

MILLION = Decimal(1_000_000)
THOUSAND = Decimal(1_000)

PRICES: Mapping[str, Decimal] = {
    "comprehend.units": Decimal("0.0001"),  # 100 characters each, at least 3 per document
    "personalize.ingested_bytes": Decimal("0.05") / 10**9,
    "personalize.trained_interactions": Decimal("0.002") / THOUSAND,
    "personalize.recommendations": Decimal("0.15") / THOUSAND,  # one per customer
    "dynamodb.writes": Decimal("0.625") / MILLION,  # on demand, 1 KB each
    "dynamodb.reads": Decimal("0.125") / MILLION,  # on demand, 4 KB each, strongly consistent
    "s3.puts": Decimal("0.005") / THOUSAND,
    "sns.publishes": Decimal("0.50") / MILLION,
    "sqs.requests": Decimal("0.40") / MILLION,
}

# US dollars per million tokens: input, output. Matched by the id without its region prefix.
MODEL_PRICES: Mapping[str, tuple[Decimal, Decimal]] = {
    "anthropic.claude-haiku-5-5": (Decimal("0.10"), Decimal("0.50")),
    "anthropic.claude-sonnet-5-5": (Decimal(2), Decimal(10)),
    "anthropic.claude-haiku-4-5-20251001-v1:0": (Decimal(1), Decimal(5)),
}
# Which of the two, and the share of it that a token costs (Amazon Bedrock pricing: prompt caching, batch).
TOKEN_PRICES: Mapping[str, tuple[int, Decimal]] = {
    "input_tokens": (0, Decimal(1)),
    "output_tokens": (1, Decimal(1)),
    "cache_read_tokens": (0, Decimal("0.1")),
    "cache_write_tokens": (0, Decimal("1.25")),
    "batch_input_tokens": (0, Decimal("0.5")),
    "batch_output_tokens": (1, Decimal("0.5")),
}
SMALLEST = Decimal("0.000001")


def cost_usd(units: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Return the costs by service and their `total`.

    A unit without a known price appears as `unpriced.<unit>` at zero.
    """
    costs: dict[str, Decimal] = {}
    for unit, amount in units.items():
        price = price_of(unit)
        name = unit.split(".", 1)[0] if price is not None else f"unpriced.{unit}"
        costs[name] = costs.get(name, Decimal(0)) + amount * (price or 0)
    rounded = {name: cost.quantize(SMALLEST) for name, cost in sorted(costs.items())}
    return {**rounded, "total": sum(rounded.values(), Decimal(0))}


def price_of(unit: str) -> Decimal | None:
    """Return the price of one unit, or None if it is unknown."""
    service, kind, *rest = unit.split(".", 2)
    if service != "bedrock":
        return PRICES.get(unit)
    model = rest[0] if rest else ""
    known = next((price for name, price in MODEL_PRICES.items() if model.endswith(name)), None)
    if known is None or kind not in TOKEN_PRICES:
        return None
    which, share = TOKEN_PRICES[kind]
    return known[which] * share / MILLION
