"""Asks the files of `stdlib/` and `libraries/` about paths, types and methods."""

from __future__ import annotations

import importlib
from collections.abc import Iterable

from torq_gen.lint.facts import libraries, stdlib
from torq_gen.lint.facts.library import Call, Function, Library, Result, Type
from torq_gen.lint.facts.values import DATA, External, Thing, Value

_PACKAGES = (stdlib, libraries)


class Libraries:
    """Every library that the analysed code uses; a library's file is imported when it is needed.

    ``own`` describes functions and classes of the project itself by qualified name.
    """

    def __init__(self, own: Library | None = None) -> None:
        self._loaded: dict[str, tuple[Library, ...]] = {}
        self._files: dict[str, Library] = {}
        self._functions: dict[str, Function] = {}
        self._values: dict[str, Value] = {}
        self._types: dict[str, Type] = {}
        self._annotations: dict[str, str] = {}
        self._acting: dict[str, str] = {}
        self.own: dict[str, Function] = {}
        self.own_types: dict[str, str] = {}
        if own is not None:
            self._add(own)
            self.own = dict(own.functions)
            self.own_types = {path: t.name for t in own.types for path in t.annotations}

    def _of(self, path: str) -> tuple[Library, ...]:
        """The libraries that answer for a path."""
        top = path.partition(".")[0].partition("(")[0]
        found = self._loaded.get(top)
        if found is None:
            found = self._loaded[top] = tuple(self._load(top))
        return found

    def _load(self, top: str) -> Iterable[Library]:
        for package in _PACKAGES:
            for file in package.FILES.get(top, ()):
                name = f"{package.__name__}.{file}"
                if name not in self._files:
                    module = importlib.import_module(name)
                    self._files[name] = module.LIBRARY
                    self._add(module.LIBRARY)
                yield self._files[name]

    def _add(self, library: Library) -> None:
        self._functions.update(library.functions)
        self._values.update(library.values)
        for one in library.types:
            self._types[one.name] = one
            self._annotations.update(dict.fromkeys(one.annotations, one.name))

    def function(self, path: str) -> Function | None:
        """The description of a function or constructor; None when nothing is said of it."""
        described = self._of(path)
        if not described:
            return None
        found = self._functions.get(path)
        if found is not None:
            return found
        for library in described:
            if library.unlisted is not None and not path.startswith(library.harmless):
                return library.unlisted
        made = self._annotations.get(path)  # a class that is made without its usual functions
        return Function(None, made) if made is not None and self._types[made].capability else None

    def known_as(self, path: str) -> str:
        """The path, if it is a described function, or a module or class that has some.

        A name that is answered for like all those of its library that are not listed is one of
        them: which one is not said. Empty for what does nothing to the world.
        """
        known = self._acting.get(path)
        if known is None:
            known = self._acting[path] = self._known_as(path)
        return known

    def _known_as(self, path: str) -> str:
        inside = f"{path}."
        listed = [name for one in self._of(path) for name in one.functions]
        if path in self._annotations or any(n == path or n.startswith(inside) for n in listed):
            return path
        return f"{path.partition('.')[0]}.*" if self.function(path) is not None else ""

    def value(self, path: str) -> Value | None:
        """A constant of a library."""
        return self._values.get(path) if self._of(path) else None

    def annotation(self, path: str) -> str | None:
        """The type that a variable has which is annotated with a path."""
        if not self._of(path):
            return None
        return self._annotations.get(path) or self.made_by(path)

    def made_by(self, path: str) -> str | None:
        """The type whose constructor a path is."""
        if not self._of(path):
            return None
        value = self._values.get(path)
        if isinstance(value, Thing):
            return value.type
        found = self._functions.get(path)
        if found is not None and isinstance(found.returns, str) and found.returns:
            return found.returns
        return self._annotations.get(path)

    def type(self, name: str) -> Type | None:
        """A type by name. What `mycelium` hands to a service has one before code imports it."""
        found = self._types.get(name)
        if found is None and self._of(name):
            found = self._types.get(name)
        return found

    def capability(self, thing: Thing) -> str:
        """What a thing can do; empty when it is harmless."""
        found = self.type(thing.type)
        return "" if found is None else found.capability

    def method(self, thing: Thing, name: str) -> Function | None:
        """The description of a thing's method."""
        found = self.type(thing.type)
        if found is None:
            return None
        listed = found.methods.get(name)
        return listed if listed is not None or name.startswith("__") else found.other

    def attribute(self, thing: Thing, name: str) -> Result | None:
        """What a thing's attribute is, when it is no method."""
        found = self.type(thing.type)
        if found is None:
            return None
        if name == "__class__" and found.annotations:
            return _class_of(found)
        return found.attributes.get(name)

    def called(self, name: str) -> Function | None:
        """What calling a thing of a type does."""
        found = self.type(name)
        return None if found is None else found.called


def _class_of(found: Type) -> Result:
    """The class of a thing, as a name: what is called or read off it is the library's."""
    path = found.annotations[0]
    return lambda call: External(path)


def result(returns: Result, call: Call) -> Value:
    """The value that a description's ``returns`` names."""
    if not returns:
        return DATA
    return Thing(returns) if isinstance(returns, str) else returns(call)
