"""Images say which version they are, of which commit, from where."""

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
LABEL = re.compile(r'org\.opencontainers\.image\.(version|revision|source)="\$(\w+)"')


def test_labels_are_what_the_build_is_told() -> None:
    """The Dockerfile takes each from an argument, and compose gives them all to every image."""
    dockerfile = (ROOT / "Dockerfile").read_text()
    labels = dict(LABEL.findall(dockerfile))
    assert labels == {"version": "VERSION", "revision": "REVISION", "source": "SOURCE"}
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    for service in compose["services"].values():
        if "PACKAGE" in str(service.get("build", "")):
            given = service["build"]["args"]
            assert given["VERSION"] == "${FONDLY_VERSION:-local}"
            assert service["image"].endswith(f":{given['VERSION']}"), "the tag is the version"
            assert set(labels.values()) <= given.keys()
    for argument in labels.values():
        assert re.search(rf"^ARG {argument}=unknown$", dockerfile, re.MULTILINE), "no version is made up"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://user:secret@git.example/shop/fondly.git", "https://git.example/shop/fondly.git"),
        ("git@git.example:shop/fondly.git", "git@git.example:shop/fondly.git"),
        ("", "unknown"),
    ],
)
def test_the_source_is_the_repository_without_its_password(tmp_path: Path, url: str, shown: str) -> None:
    """`make images` and `make push` set it, and the commit."""
    (tmp_path / ".gitconfig").write_text(f'[remote "origin"]\n\turl = "{url}"\n' if url else "")
    makefile = (ROOT / "Makefile").read_text()
    assert {"images": "compose build", "push": "buildx bake"}.items() <= dict(
        re.findall(r"^(\w+): ##.*(?:\n\t.*?)*\n\t@?\$\(BUILD\) (\w+ \w+)", makefile, re.MULTILINE)
    ).items()
    assert re.search(r"^BUILD = .*\$\(LABELS\) docker$", makefile, re.MULTILINE)
    rule = f"include {ROOT / 'Makefile'}\nshow-labels:\n\t@$(LABELS) env | grep ^FONDLY_\n"
    made = subprocess.run(
        ["make", "--no-print-directory", "--file", "-", "show-labels"],  # noqa: S607 - whichever make there is
        input=rule,
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"FONDLY_SOURCE={shown}" in made.stdout.splitlines()
    assert "FONDLY_REVISION=unknown" in made.stdout.splitlines()
