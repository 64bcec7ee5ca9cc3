"""What is added to a package before it is built."""

import tomllib

import pytest

from fondly.checks.distributions import complete, pinned, published_links

WORKSPACE = {
    "version": "1.2.0",
    "authors": [{"name": "They"}],
    "classifiers": ["Typing :: Typed"],
    "keywords": [],
}
AT = "https://example.org/them/fondly"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("fondly-runtime", "fondly-runtime==1.2.0"),
        ("fondly-runtime[web,yaml]", "fondly-runtime[web,yaml]==1.2.0"),
        ("understudy", "understudy"),
        ("numpy>=2", "numpy>=2"),
        ("typer<0.29,>=0.20", "typer<0.29,>=0.20"),
    ],
)
def test_only_our_packages_are_pinned(given: str, expected: str) -> None:
    """They are released together; of others there may be newer versions."""
    assert pinned(given, "1.2.0") == expected


def test_a_package_has_what_all_have_beside_its_own() -> None:
    """Its own keys stay, extras are pinned, too, and of the tools only the builder's remain."""
    package = tomllib.loads("""
        build-system.requires = ["hatchling"]
        project.name = "fondly-a"
        project.dependencies = ["fondly-b"]
        project.optional-dependencies = { more = ["fondly-c", "numpy"] }
        tool.hatch.build.targets.wheel.packages = ["src/fondly"]
        tool.ruff.line-length = 110
    """)
    project = complete(package, WORKSPACE, AT)["project"]
    assert project == {
        **{name: WORKSPACE[name] for name in ("authors", "classifiers", "keywords")},
        "name": "fondly-a",
        "dependencies": ["fondly-b==1.2.0"],
        "optional-dependencies": {"more": ["fondly-c==1.2.0", "numpy"]},
        "readme": "README.md",
        "license-files": ["LICENSE"],
        "urls": {"Repository": AT, "Issues": f"{AT}/issues"},
    }
    assert complete(package, WORKSPACE, None)["tool"] == {"hatch": package["tool"]["hatch"]}


def test_links_of_a_page_work_where_the_page_is_published() -> None:
    """Those to files of the repository lead there, at the version; all others stay as they are."""
    text = '[a](../../docs/a.md#b), ![p](p.png), [c](#d), [e](https://e.example)\n<img src="p.png" width="9">'
    assert published_links(text, "tools/cli", AT, "1.2.0") == (
        f"[a]({AT}/blob/v1.2.0/docs/a.md#b), ![p]({AT}/raw/v1.2.0/tools/cli/p.png), [c](#d), [e](https://e.example)\n"
        f'<img src="{AT}/raw/v1.2.0/tools/cli/p.png" width="9">'
    )


def test_without_a_repository_links_to_it_are_words() -> None:
    """Nobody is led to an address that does not exist."""
    assert published_links('[a](a.md) <img src="p.png">', ".", None, "1.2.0") == "a "
