"""What handing an email over takes of AWS."""

from collections.abc import Mapping

SES_UNITS: Mapping[str, int] = {"ses.emails": 1}
"""What Amazon SES charges for."""
WRITES_PER_EMAIL = 6
"""A reservation, of two items, and the record, of one: in transactions, where each counts twice."""
READS_PER_EMAIL = 4
"""The dispatch, the contact and two suppressions, each read consistently."""
TALLY_WRITES, TALLY_READS = 11, 2
"""A part's tally, which is opened and closed by a transaction of two items, as is its report replaced."""
