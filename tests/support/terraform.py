"""Terraform files as Python values, for tests that compare them with code and topology."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import hcl2

INFRA = Path(__file__).parents[2] / "infra"
PLAIN = hcl2.SerializationOptions(with_comments=False, explicit_blocks=False, strip_string_quotes=True)

Body = Mapping[str, Any]


@dataclass(frozen=True)
class Module:
    """A folder of Terraform files. Literals are Python values; expressions remain text, as `${...}`."""

    path: Path

    @property
    def text(self) -> str:
        """The text of all files."""
        return "\n".join(file.read_text() for file in sorted(self.path.glob("*.tf")))

    @property
    def locals(self) -> Body:
        """The local values."""
        return {name: value for block in self.blocks("locals") for name, value in block.items()}

    @property
    def variables(self) -> Mapping[str, Body]:
        """The inputs, by name."""
        return {name: body for block in self.blocks("variable") for name, body in block.items()}

    @property
    def resources(self) -> Mapping[tuple[str, str], Body]:
        """The resources, by type and name."""
        return {
            (kind, name): body
            for block in self.blocks("resource")
            for kind, named in block.items()
            for name, body in named.items()
        }

    @property
    def documents(self) -> Mapping[str, Body]:
        """The policy documents, by name."""
        return {
            name: body
            for block in self.blocks("data")
            for name, body in block.get("aws_iam_policy_document", {}).items()
        }

    @property
    def calls(self) -> Mapping[str, Body]:
        """The module calls, by name."""
        return {name: body for block in self.blocks("module") for name, body in block.items()}

    def blocks(self, kind: str) -> Iterator[Body]:
        """Yield the blocks of one kind, such as `output`, each under its labels."""
        for file in self._files:
            yield from file.get(kind, [])

    @cached_property
    def _files(self) -> list[Body]:
        files = sorted(self.path.glob("*.tf"))
        return [hcl2.loads(file.read_text(), serialization_options=PLAIN) for file in files]


@cache
def read_module(folder: str) -> Module:
    """Read a folder below `infra/`, such as `modules/topology`, once for all tests."""
    return Module(INFRA / folder)
