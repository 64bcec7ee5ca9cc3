"""Groups with a member in common are one group."""

from collections.abc import Iterable


def united(groups: Iterable[Iterable[str]]) -> dict[str, str]:
    """Return the smallest member of the united group of every member."""
    parents: dict[str, str] = {}

    def root(member: str) -> str:
        while (above := parents.setdefault(member, member)) != member:
            parents[member] = parents[above]  # halves the path, so that the next search is shorter
            member = above
        return member

    for group in groups:
        roots = sorted({root(member) for member in group})
        parents.update(dict.fromkeys(roots, roots[0]) if roots else {})
    return {member: root(member) for member in parents}
