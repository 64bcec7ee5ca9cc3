"""What currencies are called besides their codes: `currencies.toml`, without ISO's table."""

from fondly.ingest.domain.data import read_table

TABLE = read_table(__package__, "currencies.toml")
SYMBOLS: dict[str, tuple[str, ...]] = {
    **{symbol: tuple(codes.split()) for each in ("led", "shared") for symbol, codes in TABLE[each].items()},
    **{symbol: (code,) for code, symbols in TABLE["own"].items() for symbol in symbols.split()},
}
"""The currencies that a symbol may mean; symbols are in capitals, without a final point."""
_UNITS = frozenset(TABLE["codes"]["units"].split())


def symbol_key(mark: str) -> str:
    """Return a mark as `SYMBOLS` has it."""
    return mark.upper().rstrip(".")


def is_symbol(word: str) -> bool:
    """Whether a word beside figures is a currency's, and no unit of measure."""
    return (key := symbol_key(word)) in SYMBOLS and key not in _UNITS
