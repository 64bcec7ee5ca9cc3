"""Sizes in inches: that a screen has, or that an accessory is for."""

from encore.recommender.domain.fit_tables import Kind, pattern

MIN_INCHES, MAX_INCHES = 4, 120
LEAST_LAPTOP = 10
CM_PER_INCH = 2.54
_MEASURED_IN_CM = frozenset(("television", "monitor"))


def inches(name: str, more: str, kind: Kind) -> set[int]:
    """Return the whole inches of a screen, or each that an accessory is for."""
    found = _inches(name, kind.spans) or (set() if kind.group == "devices" else _inches(more, kind.spans))
    if not found and kind.name in _MEASURED_IN_CM and (size := pattern("centimetres").search(name)):
        found = {round(_float(size[1]) / CM_PER_INCH)}
    return {size for size in found if MIN_INCHES <= size <= MAX_INCHES}


def _inches(text: str, spans: str) -> set[int]:
    """Read inches as a kind of accessory means them: a sleeve for 14 inches also holds 13, a bag any less."""
    if spans and (between := pattern("range").search(text)):
        return set(range(int(_float(between[1])), round(_float(between[2])) + 1))
    sizes = [_whole(_float(match[1])) for match in pattern("inches").finditer(text)]
    if not sizes or not spans:
        return set(sizes[:1])
    most = max(sizes)
    if spans == "up to":
        return set(range(LEAST_LAPTOP, most + 1))
    if spans == "range":
        return set(range(MIN_INCHES, most + 1)) if pattern("up to").search(text) else set(sizes)
    return {most - 1, most}


def _whole(size: float) -> int:
    return int(size + 0.5)


def _float(number: str) -> float:
    return float(number.replace(",", "."))
