"""Builds what is published of a commit: a wheel and an sdist of each package, the same bytes everywhere.

    python -m fondly.checks.distributions out/dist [--repository https://…/fondly] [--site out/site]

A package's pyproject.toml has what is its own. What all have (authors, classifiers, keywords) stands in the
workspace's, and is added to a copy of the committed files, as are LICENSE, the topology, and in requirements
of our other packages their exact version.
"""

import argparse
import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from posixpath import normpath
from typing import Any

import tomlkit
from packaging.requirements import Requirement

PUBLISHED = (".", "understudy", "shared/*", "services/*", "tools/*")
INHERITED = ("authors", "classifiers", "keywords")
LINK = re.compile(r"(!?)\[([^\]]*)\]\((?![a-z]+:|#)([^)\s]+)\)")
PICTURE = re.compile(r'<img src="(?![a-z]+:)([^"]+)"[^>]*>')
"""Addresses inside the repository."""
INCLUDED = {"tools/operations": ("infra/topology.yaml", "src/fondly/operations/topology.yaml")}
"""A file from elsewhere, and where a package has it."""
SITE = "tools/docs/src/fondly/docs/site"


def build(root: Path, out: Path, repository: str | None, site: Path | None) -> list[str]:
    """Build all packages of the commit of `root` into `out`, which is emptied; return the files' names.

    The pages that `fondly docs` shows are those of `site`. Raise `CalledProcessError` if `root` is not a git
    repository or a package cannot be built.
    """
    shutil.rmtree(out, ignore_errors=True)
    moment = _git(root, "log", "-1", "--format=%ct").decode().strip()
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name)
        with tarfile.open(fileobj=io.BytesIO(_git(root, "archive", "HEAD"))) as archive:
            archive.extractall(copy, filter="data")
        (copy / ".gitignore").unlink()  # the builder would leave the site out
        for folder in _published(copy):
            _complete(copy, folder, repository)
        if site:
            shutil.copytree(site, copy / SITE)
        for folder in _published(copy):
            _build(folder, out, moment)
    (out / ".gitignore").unlink()
    return sorted(path.name for path in out.iterdir())


def _git(root: Path, *arguments: str) -> bytes:
    return subprocess.run(["git", "-C", str(root), *arguments], check=True, capture_output=True).stdout  # noqa: S603, S607


def _build(folder: Path, out: Path, moment: str) -> None:
    options = ["--quiet", "--no-build-isolation", "--python", sys.executable, "--out-dir", str(out.resolve())]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": moment}
    subprocess.run([sys.executable, "-m", "uv", "build", *options, folder], check=True, env=environment)  # noqa: S603


def _published(root: Path) -> list[Path]:
    return sorted(each.parent for place in PUBLISHED for each in root.glob(f"{place}/pyproject.toml"))


def _complete(root: Path, folder: Path, repository: str | None) -> None:
    own, place = folder.relative_to(root).as_posix(), folder / "pyproject.toml"
    workspace = tomlkit.parse((root / "pyproject.toml").read_text("utf-8"))["project"]
    completed = complete(tomlkit.parse(place.read_text("utf-8")), workspace, repository)
    place.write_text(tomlkit.dumps(completed), "utf-8")
    readme = folder / "README.md"
    text = readme.read_text("utf-8") if readme.exists() else page(completed["project"])
    readme.write_text(published_links(text, own, repository, workspace["version"]), "utf-8")
    if folder != root:
        shutil.copy(root / "LICENSE", folder)
    if own in INCLUDED:
        source, target = INCLUDED[own]
        shutil.copy(root / source, folder / target)


def complete(package: Any, workspace: Any, repository: str | None) -> dict[str, Any]:  # noqa: ANN401 - TOML
    """Return a package's pyproject.toml with what the workspace's [project] says for all packages."""
    project = {**{name: workspace[name] for name in INHERITED}, **package["project"]}
    project |= {"readme": "README.md", "license-files": ["LICENSE"]}
    if repository:
        project["urls"] = {"Repository": repository, "Issues": f"{repository}/issues"}
    version = workspace["version"]
    project["dependencies"] = [pinned(each, version) for each in project["dependencies"]]
    if extras := project.get("optional-dependencies"):
        project["optional-dependencies"] = {
            name: [pinned(each, version) for each in given] for name, given in extras.items()
        }
    return {**package, "project": project, "tool": {"hatch": package["tool"]["hatch"]}}


def page(project: Mapping[str, Any]) -> str:
    """Return what an index shows of a package without a page of its own."""
    about = "A part of Fondly, a personal product email for every customer: `uvx fondly demo` shows it."
    return f"# {project['name']}\n\n{project['description']}\n\n{about}\n"


def pinned(requirement: str, version: str) -> str:
    """Return a requirement, of exactly this version if it is a package of ours."""
    parsed = Requirement(requirement)
    if parsed.name.split("-")[0] == "fondly":
        parsed.specifier &= f"=={version}"
    return str(parsed)


def published_links(text: str, folder: str, repository: str | None, version: str) -> str:
    """Return Markdown whose links from a folder lead to the repository, or are words without one."""
    if repository is None:
        return PICTURE.sub("", LINK.sub(r"\2", text))

    def address(kind: str, path: str) -> str:
        return f"{repository}/{kind}/v{version}/{normpath(f'{folder}/{path}')}"

    text = LINK.sub(
        lambda link: f"{link[1]}[{link[2]}]({address('raw' if link[1] else 'blob', link[3])})", text
    )
    return PICTURE.sub(lambda found: found[0].replace(found[1], address("raw", found[1]), 1), text)


def main(arguments: Sequence[str] | None = None) -> None:
    """Build what is published of the commit in the working folder."""
    parser = argparse.ArgumentParser(description="Build the distributions of a commit.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--repository", help="where the project's pages are: https://…")
    parser.add_argument("--site", type=Path, help="the documentation site, which `make docs` builds")
    given = parser.parse_args(arguments)
    print(*build(Path.cwd(), given.out, given.repository or None, given.site), sep="\n")  # noqa: T201 - its result


if __name__ == "__main__":
    main()
