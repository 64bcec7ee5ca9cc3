"""When so many readers have complained that a delivery must stop."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class ComplaintLimit:
    """From `at_least` complaints on, the share `rate` of the emails sent that may not be exceeded."""

    rate: float
    at_least: int

    def emails_for(self, complaints: int) -> int:
        """Return from how many emails on so many complaints are within the limit."""
        return math.ceil(complaints / self.rate)

    def is_exceeded(self, complaints: int, *, excused: int, sent: int) -> bool:
        """Whether to stop after so many complaints, of which some are excused, about so many emails."""
        return complaints - excused >= self.at_least and complaints > sent * self.rate
