"""Classes of the project by their dotted names, with what their bodies declare."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

_MODELS = {
    "Struct": "msgspec",
    "BaseModel": "pydantic",
    "SQLModel": "pydantic",
    "BaseSettings": "pydantic",
    "TypedDict": "a TypedDict",
    "NamedTuple": "a NamedTuple",
}
_DATACLASSES = ("dataclass", "define", "frozen", "mutable", "attrs", "s")
_ENUMS = ("Enum", "IntEnum", "StrEnum", "IntFlag", "Flag")


@dataclass(frozen=True, slots=True)
class Attribute:
    """An annotated attribute of a class, in the order of the code."""

    name: str
    annotation: ast.expr
    has_default: bool
    module: str


@dataclass(slots=True)
class Module:
    """A module: its classes and aliases by name, and what its imports name."""

    name: str
    file: str
    classes: dict[str, ast.ClassDef] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    values: dict[str, ast.expr] = field(default_factory=dict)
    functions: dict[int, ast.FunctionDef | ast.AsyncFunctionDef] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """A class and where it stands. ``kind`` is what makes it data: ``pydantic``; else empty."""

    module: Module
    node: ast.ClassDef
    kind: str

    @property
    def qualified(self) -> str:
        """Its dotted name where it is defined."""
        return f"{self.module.name}.{self.node.name}"

    @property
    def place(self) -> str:
        """Its file and line."""
        return f"{self.module.file}:{self.node.lineno}"


class Classes:
    """Finds classes; ``read`` gives a file, ``roots`` are where modules are sought."""

    def __init__(self, read: Callable[[str], bytes | None], roots: tuple[str, ...]) -> None:
        self._read = read
        self._roots = roots
        self._modules: dict[str, Module | None] = {}

    def find(self, qualified: str) -> Found | None:
        """The class of a dotted name, through re-exports."""
        for _ in range(10):
            module_name, _, name = qualified.rpartition(".")
            module = self.module(module_name)
            if module is None:
                return None
            if name in module.classes:
                node = module.classes[name]
                return Found(module, node, self._kind(module, node, set()))
            if name not in module.names:
                return None
            qualified = module.names[name]
        return None

    def qualified(self, module: str, name: str) -> str:
        """What a name means in a module, as a dotted name."""
        head, _, rest = name.partition(".")
        known = self.module(module)
        if known is None:
            return name
        if head in known.classes or head in known.values:
            return f"{module}.{name}"
        target = known.names.get(head, head)
        return f"{target}.{rest}" if rest else target

    def attributes(self, found: Found, below: tuple[ast.ClassDef, ...] = ()) -> list[Attribute]:
        """The annotated attributes, those of base classes in the project first.

        ``below`` are the classes that inherit them: one that seems to be its own base has none.
        """
        kept: dict[str, Attribute] = {}
        for base in found.node.bases:
            inherited = self.find(self.qualified(found.module.name, ast.unparse(base)))
            lower = (*below, found.node)
            if inherited is not None and inherited.node not in lower:
                kept |= {a.name: a for a in self.attributes(inherited, lower)}
        for statement in found.node.body:
            if not isinstance(statement, ast.AnnAssign) or not isinstance(
                statement.target, ast.Name
            ):
                continue
            name = statement.target.id
            if name.startswith("_") or name == "model_config" or _is_class_var(statement):
                continue
            default = statement.value is not None
            kept[name] = Attribute(name, statement.annotation, default, found.module.name)
        return list(kept.values())

    def members(self, found: Found) -> Mapping[str, object] | None:
        """Name and value of each member of an enum; None when it is no enum."""
        if not any(ast.unparse(b).rpartition(".")[2] in _ENUMS for b in found.node.bases):
            return None
        return {
            target.id: s.value.value if isinstance(s.value, ast.Constant) else None
            for s in found.node.body
            if isinstance(s, ast.Assign)
            for target in s.targets
            if isinstance(target, ast.Name) and not target.id.startswith("_")
        }

    def parameters(self, file: str, line: int) -> list[Attribute] | None:
        """What the function defined or decorated at a place takes; None when none is there."""
        module = self._module_of(file)
        node = module.functions.get(line) if module is not None else None
        return _parameters(node, module.name) if module is not None and node is not None else None

    def returned(self, file: str, line: int) -> str:
        """The class that the function decorated at a place gives, by its annotation; or nothing."""
        module = self._module_of(file)
        node = module.functions.get(line) if module is not None else None
        if module is None or node is None or node.lineno == line:
            return ""
        if not isinstance(node.returns, (ast.Name, ast.Attribute)):
            return ""
        found = self.find(self.qualified(module.name, ast.unparse(node.returns)))
        return found.qualified if found is not None and found.kind else ""

    def _module_of(self, file: str) -> Module | None:
        for root in sorted(self._roots, key=len, reverse=True):
            inside = file.removeprefix(f"{root}/") if root else file
            if root and inside == file:
                continue
            name = inside.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            module = self.module(name)
            if module is not None and module.file == file:
                return module
        return None

    def module(self, name: str) -> Module | None:
        """A module of the project."""
        if name not in self._modules:
            self._modules[name] = self._parse(name)
        return self._modules[name]

    def _parse(self, name: str) -> Module | None:
        stem = name.replace(".", "/")
        for root in self._roots:
            for file in (f"{stem}.py", f"{stem}/__init__.py"):
                path = f"{root}/{file}" if root else file
                source = self._read(path) if name else None
                if source is not None:
                    return _module(name, path, source)
        return None

    def _kind(self, module: Module, node: ast.ClassDef, seen: set[str]) -> str:
        for decorator in node.decorator_list:
            called = decorator.func if isinstance(decorator, ast.Call) else decorator
            if ast.unparse(called).rpartition(".")[2] in _DATACLASSES:
                return "a dataclass"
        for base in node.bases:
            text = ast.unparse(base).partition("[")[0]
            if text.rpartition(".")[2] in _MODELS:
                return _MODELS[text.rpartition(".")[2]]
            qualified = self.qualified(module.name, text)
            if qualified not in seen and (above := self.find_in(qualified, seen)):
                return above
        return ""

    def find_in(self, qualified: str, seen: set[str]) -> str:
        """The kind of a base class, each asked once."""
        seen.add(qualified)
        module_name, _, name = qualified.rpartition(".")
        module = self.module(module_name)
        if module is None:
            return ""
        if name in module.classes:
            return self._kind(module, module.classes[name], seen)
        target = module.names.get(name, "")
        return self.find_in(target, seen) if target and target not in seen else ""


def _module(name: str, path: str, source: bytes) -> Module | None:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return None
    package = name if path.endswith("/__init__.py") else name.rpartition(".")[0]
    found = Module(name, path)
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef():
                found.classes.setdefault(node.name, node)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                for line in (node.lineno, *(d.lineno for d in node.decorator_list)):
                    found.functions[line] = node
            case ast.Import(names=names):
                for alias in names:
                    local = alias.asname or alias.name.partition(".")[0]
                    found.names[local] = alias.name if alias.asname else local
            case ast.ImportFrom(module=module, names=names, level=level):
                base = _absolute(package, module or "", level)
                for alias in names:
                    found.names[alias.asname or alias.name] = f"{base}.{alias.name}"
            case ast.Assign(targets=[ast.Name(id=target)], value=value):
                found.values.setdefault(target, value)
    return found


def _absolute(package: str, module: str, level: int) -> str:
    if not level:
        return module
    parts = package.split(".")
    above = ".".join(parts[: len(parts) - level + 1])
    return f"{above}.{module}" if module else above


def _is_class_var(node: ast.AnnAssign) -> bool:
    return "ClassVar" in ast.unparse(node.annotation)


def _parameters(node: ast.FunctionDef | ast.AsyncFunctionDef, module: str) -> list[Attribute]:
    """A task's parameters; ``self`` is not sent."""
    taken = node.args
    missing = ast.Constant(value="object")
    return [
        Attribute(a.arg, a.annotation or missing, False, module)
        for a in (*taken.posonlyargs, *taken.args, *taken.kwonlyargs)
        if a.arg not in ("self", "cls")
    ]
