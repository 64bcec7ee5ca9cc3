"""How alike the picks of a run are, over all its parts: stored with the run, shown in its reports."""

from encore.contracts.records import Count, Record


class PicksReport(Record):
    """All customers of a run who got picks. Lists are the same if their products are, in any order."""

    customers: Count
    lists: Count
    """How many different lists they got."""
    largest_group: Count
    """How many customers share the most frequent list."""
    shared_picks: tuple[str, ...] = ()
    """The products of that list by name, as its first customer got them; none if nobody shares a list."""
