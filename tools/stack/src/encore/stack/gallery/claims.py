"""What sellers put into product names that a customer should not read as the shop's own word."""

import re

_CLAIMS = {
    "free": r"(?:^|[^\w-])free!|\bfree (?:gift|delivery|shipping|with)\b|\bwith free\b",
    "price": r"\d+\s*%\s*off\b|\b(?:lowest|best) price\b|\b(?:discount|deal|offer|emi)\b",
    "warranty": r"\b(?:warranty|guaranteed?)\b",
    "best": r"\bbest\b|\b(?:no\.?|number|#)\s*1\b|\bworld'?s (?:first|fastest|best)\b",
    "health": r"\b(?:cures?|heals?|anti[\s-]?(?:viral|cancer)|kills? \d+(?:\.\d+)?\s*% (?:of )?germs)\b",
    "genuine": r"\b(?:100\s*%\s*)?(?:original|genuine|authentic)\b",
    "shouting": r"!{2,}",
}
_PATTERNS = {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in _CLAIMS.items()}


def seller_claims(name: str) -> tuple[str, ...]:
    """Return the kinds of claims that a product's name makes, such as `free` or `warranty`."""
    return tuple(kind for kind, pattern in _PATTERNS.items() if pattern.search(name))
