"""A folder of Terraform files with its modules, evaluated on demand as in an empty account."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

import hcl2

from tests.support.hcl.aws import DATA, computed
from tests.support.hcl.blocks import Block, read_body
from tests.support.hcl.expressions import Scope, entries, evaluate
from tests.support.hcl.types import convert
from tests.support.hcl.values import EvaluationError, InvalidInputError, Value


@cache
def _files(folder: Path) -> list[Block]:
    """The blocks of a folder's files, parsed once."""
    trees = (hcl2.parses_to_tree(file.read_text("utf-8")) for file in sorted(folder.glob("*.tf")))
    return [block for tree in trees for block in read_body(tree.children[0]).blocks]


@dataclass(eq=False)
class Configuration:
    """A module with its inputs. Everything is evaluated when it is asked for, so order does not matter."""

    folder: Path
    inputs: Mapping[str, Value]
    address: str = ""
    _values: dict[tuple[str, ...], Value] = field(default_factory=dict)

    @cached_property
    def scope(self) -> Scope:
        """What names mean in this folder."""
        return Scope(self._lookup, self.folder, {})

    @cached_property
    def blocks(self) -> Mapping[tuple[str, ...], Block]:
        """Blocks by kind and labels, such as `("resource", "aws_sqs_queue", "this")`."""
        return {(block.kind, *block.labels): block for block in _files(self.folder) if block.labels}

    def local(self, name: str) -> Value:
        """Return a local value."""
        return self._once(("local", name), lambda: evaluate(self._locals[name], self.scope))

    def variable(self, name: str) -> Value:
        """Return an input, converted to its type."""
        return self._once(("var", name), lambda: self._variable(name))

    def output(self, name: str) -> Value:
        """Return an output."""
        return self._once(("output", name), lambda: self.blocks["output", name].value("value", self.scope))

    def instances(self, *labels: str) -> dict[Value, "Instance"]:
        """Return the instances of a resource or data source by key; a single one has the key None."""
        return dict(self._once(("instances", *labels), lambda: self._instances(labels)))

    def modules(self, name: str) -> dict[Value, "Configuration"]:
        """Return the instances of a module call by key."""
        return dict(self._once(("modules", name), lambda: self._calls(name)))

    def validate(self) -> None:
        """Raise `InvalidInputError` if a validation refuses an input, here or in a module."""
        for (kind, *_), block in self.blocks.items():
            for rule in block.nested("validation") if kind == "variable" else []:
                if not rule.value("condition", self.scope):
                    raise InvalidInputError(rule.value("error_message", self.scope))
        for kind, *labels in self.blocks:
            for call in self.modules(labels[0]).values() if kind == "module" else []:
                call.validate()

    def everything(self, wanted: str = "resource") -> Iterator["Instance"]:
        """Yield every instance of every resource, or data source, here and in modules."""
        for kind, *labels in self.blocks:
            if kind == wanted:
                yield from self.instances(*(["data"] if kind == "data" else []), *labels).values()
            elif kind == "module":
                for call in self.modules(labels[0]).values():
                    yield from call.everything(wanted)

    def _once(self, key: tuple[str, ...], make: Value) -> Value:
        if key not in self._values:
            self._values[key] = make()
        return self._values[key]

    @cached_property
    def _locals(self) -> dict[str, Value]:
        found = (block.body.attributes for block in _files(self.folder) if block.kind == "locals")
        return {name: node for attributes in found for name, node in attributes.items()}

    def _variable(self, name: str) -> Value:
        block = self.blocks["variable", name]
        if name in self.inputs:
            value = self.inputs[name]
        elif "default" in block.body.attributes:
            value = block.value("default", self.scope)
        else:
            raise EvaluationError(f"no input {name} of {self.folder.name}")
        if value is None and "default" in block.body.attributes:
            value = None if block.value("default", self.scope) is None else value
        return convert(value, block.body.attributes["type"], self.scope)

    def _instances(self, labels: tuple[str, ...]) -> dict[Value, "Instance"]:
        kind = ("data", *labels[1:]) if labels[0] == "data" else ("resource", *labels)
        block = self.blocks[kind]
        made = _repeated(block, self.scope)
        return {key: Instance(self, block, scope, key) for key, scope in made.items()}

    def _calls(self, name: str) -> dict[Value, "Configuration"]:
        block = self.blocks["module", name]
        folder = (self.folder / block.value("source", self.scope)).resolve()
        return {
            key: Configuration(folder, _Arguments(block, scope), _address(f"{self.address}{name}", key) + ".")
            for key, scope in _repeated(block, self.scope).items()
        }

    def _lookup(self, name: str) -> Value:
        """What a name means that no `for` has given: the rest of Terraform's names are types of resources."""
        given: dict[str, Value] = {
            "var": _Named(self.variable),
            "local": _Named(self.local),
            "path": {"module": ".", "root": "."},
            "module": _Named(lambda call: _gathered(self.modules(call), lambda made: _Named(made.output))),
            "data": _Named(lambda kind: self._labelled("data", kind)),
            "ephemeral": _Named(
                lambda kind: _Named(lambda label: _Named(lambda key: f"{kind}.{label}.{key}"))
            ),
        }
        return given[name] if name in given else self._labelled(name)

    def _labelled(self, *kind: str) -> Value:
        return _Named(lambda label: _gathered(self.instances(*kind, label), _same))


class Instance(Mapping[str, Value]):
    """An instance of a resource or data source: its arguments, and what AWS would add."""

    def __init__(self, module: Configuration, block: Block, scope: Scope, key: Value) -> None:
        self.module, self.block, self.scope = module, block, scope
        self.kind = block.labels[0]
        self.address = _address(f"{module.address}{self.kind}.{block.labels[1]}", key)

    def __getitem__(self, attribute: str) -> Value:
        if attribute in self.block.body.attributes:
            return self.block.value(attribute, self.scope)
        if self.block.kind == "data":
            return self if attribute == "json" else DATA[self.kind](self.__getitem__)[attribute]
        if nested := list(self.block.expanded(attribute, self.scope)):
            return [
                {name: inner.value(name, scope) for name in inner.body.attributes} for inner, scope in nested
            ]
        return computed(self.kind, self.address, attribute, self.__getitem__)

    def __iter__(self) -> Iterator[str]:
        return iter(self.block.body.attributes)

    def __len__(self) -> int:
        return len(self.block.body.attributes)


class _Named(Mapping[str, Value]):
    """Members that are found by a function."""

    def __init__(self, find: Value) -> None:
        self._find = find

    def __getitem__(self, name: str) -> Value:
        return self._find(name)

    def __iter__(self) -> Iterator[str]:
        raise EvaluationError("nobody knows the names of these")

    def __len__(self) -> int:
        raise EvaluationError("nobody knows the number of these")


class _Arguments(Mapping[str, Value]):
    """The inputs of a module call, evaluated on demand."""

    def __init__(self, block: Block, scope: Scope) -> None:
        self._block, self._scope = block, scope

    def __getitem__(self, name: str) -> Value:
        return self._block.value(name, self._scope)

    def __iter__(self) -> Iterator[str]:
        return iter(set(self._block.body.attributes) - {"source", "for_each", "count"})

    def __len__(self) -> int:
        return len(list(iter(self)))


def _repeated(block: Block, scope: Scope) -> dict[Value, Scope]:
    """Scopes of a block's instances: by for_each, by count, or one with the key None."""
    if "for_each" in block.body.attributes:
        source = block.value("for_each", scope)
        found = entries(source) if isinstance(source, Mapping) else [(each, each) for each in source]
        return {key: scope.with_names(each={"key": key, "value": value}) for key, value in found}
    if "count" in block.body.attributes:
        return {
            index: scope.with_names(count={"index": index})
            for index in range(int(block.value("count", scope)))
        }
    return {None: scope}


def _gathered(made: Mapping[Value, Value], seen: Value) -> Value:
    """What a name refers to: the one instance, a list of them, or a map."""
    if set(made) == {None}:
        return seen(made[None])
    if all(isinstance(key, int) for key in made):
        return [seen(each) for each in made.values()]
    return {key: seen(each) for key, each in made.items()}


def _same(value: Value) -> Value:
    return value


def _address(name: str, key: Value) -> str:
    return name if key is None else f"{name}[{key}]"
