"""The rules of dependency in docs/architecture.md."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVICES = ("ingest", "sentiment", "recommender", "mailer")
SOURCES = {
    "shared": ROOT / "shared/src/shared",
    **{name: ROOT / f"services/{name}/src/{name}" for name in SERVICES},
}
AWS = {"aiobotocore", "boto3", "botocore", "types_aiobotocore"}
INFRA = {"local", "ops", "understudy"}


def imports(path: Path) -> Iterator[str]:
    """The top-level packages that a module imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


def offenders(folder: Path, forbidden: set[str]) -> list[str]:
    """The modules below a folder that import something forbidden."""
    return [
        f"{path.relative_to(ROOT)} imports {found}"
        for path in sorted(folder.rglob("*.py"))
        for found in set(imports(path)) & forbidden
    ]


@pytest.mark.parametrize("name", SERVICES)
def test_services_import_neither_one_another_nor_infra(name: str) -> None:
    """Services talk by events only; the stand-in and the local stack are unknown to them."""
    assert offenders(SOURCES[name], (set(SERVICES) - {name}) | INFRA) == []


def test_shared_imports_no_service() -> None:
    """What services share knows none of them."""
    assert offenders(SOURCES["shared"], set(SERVICES) | INFRA) == []


@pytest.mark.parametrize("name", SERVICES)
def test_domain_imports_no_aws_library(name: str) -> None:
    """Rules stay pure: they can be read and tested without AWS."""
    domain = SOURCES[name] / "domain"
    assert list(domain.glob("*.py"))
    assert offenders(domain, AWS) == []


def test_only_entry_points_read_the_environment() -> None:
    """Settings come in by `__main__`, through `shared.service`."""
    readers = [
        str(path.relative_to(ROOT))
        for folder in SOURCES.values()
        for path in folder.rglob("*.py")
        if path.name != "__main__.py" and "os.environ" in path.read_text()
    ]
    assert readers == []


@pytest.mark.parametrize("name", SERVICES)
def test_services_import_only_what_is_there_or_declared(name: str) -> None:
    """Every third-party import of a service stands in its own or in shared's pyproject.toml."""
    declared = {
        line.strip(' ",').split("[")[0].replace("-", "_")
        for project in (f"services/{name}", "shared")
        for line in (ROOT / project / "pyproject.toml").read_text().splitlines()
        if line.startswith('  "')
    }
    known = declared | set(sys.stdlib_module_names) | {name, "shared", "types_aiobotocore"}
    used = {found for path in SOURCES[name].rglob("*.py") for found in imports(path)}
    missing = {
        found for found in used - known if not found.startswith("types_aiobotocore") and found != "botocore"
    }
    assert missing == set()
