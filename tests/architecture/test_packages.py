"""All packages are one release, and can be installed apart from the checkout."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PLACES = (".", "understudy", "shared/*", "services/*", "tools/*", "lab/*", "examples/service")
PROJECTS: dict[str, dict[str, Any]] = {
    str(path.parent.relative_to(ROOT)): tomllib.loads(path.read_text("utf-8"))["project"]
    for place in PLACES
    for path in sorted(ROOT.glob(f"{place}/pyproject.toml"))
}
VERSION = PROJECTS["."]["version"]
PUBLISHED = [folder for folder in PROJECTS if not folder.startswith(("lab/", "examples/"))]


def test_all_packages_have_the_version_of_the_newest_entry_of_the_changelog() -> None:
    """One version, which `fondly --version`, states of runs and images name."""
    assert {project["version"] for project in PROJECTS.values()} == {VERSION}
    for page in ("CHANGELOG.md", "understudy/CHANGELOG.md"):
        newest = re.search(r"^## \[?(\d+\.\d+\.\d+)\b", (ROOT / page).read_text("utf-8"), re.MULTILINE)
        assert newest, page
        assert newest[1] == VERSION, page


@pytest.mark.parametrize("folder", PUBLISHED)
def test_a_package_has_types(folder: str) -> None:
    """Type checkers read what has the mark."""
    sources = ROOT / folder / "src"
    assert not sources.exists() or list(sources.glob("**/py.typed"))


@pytest.mark.parametrize("folder", PUBLISHED)
def test_a_published_package_requires_only_published_ones(folder: str) -> None:
    """A name that nobody has published is one that anybody may publish."""
    project = PROJECTS[folder]
    extras = project.get("optional-dependencies", {}).values()
    required = [each for given in (project["dependencies"], *extras) for each in given]
    ours = {re.split(r"[\[<>=~! ;]", each)[0] for each in required if each.startswith("fondly")}
    assert project["name"].startswith("fondly")  # `understudy` is another project's name in the index
    assert ours <= {PROJECTS[each]["name"] for each in PUBLISHED}
