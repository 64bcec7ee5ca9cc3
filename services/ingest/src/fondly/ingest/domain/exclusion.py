"""Who may be written to."""

from typing import NamedTuple


class ExclusionRules(NamedTuple):
    """Whom the shop does not write to, besides those who have refused or are suppressed.

    `minimum_age` is in years, 0 for none. With `require_consent`, nobody is written to whose consent is
    unknown.
    """

    minimum_age: int = 18
    require_consent: bool = False


USUAL_EXCLUSION = ExclusionRules()
