"""The state of the analysis within one function body, class body or module."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from torq_gen.diagnostics import Span
from torq_gen.immutable import immutable
from torq_gen.lint.facts.code import ClassCode, FunctionCode, ModuleCode
from torq_gen.lint.facts.library import Argument
from torq_gen.lint.facts.unions import join
from torq_gen.lint.facts.values import DATA, Class, Value

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine

Variables = dict[str, Value]


@immutable
class Scope:
    """A function's variables as nested functions see them: every value that each ever had.

    They are in the heap under ``("scope", id)``. ``owner`` is the class whose method it is, or is
    nested in.
    """

    id: int
    parent: int
    owner: Class | None = None


@dataclass(slots=True)
class Loop:
    """The variables at each ``break`` and ``continue`` of a loop."""

    breaks: list[Variables] = field(default_factory=list)
    continues: list[Variables] = field(default_factory=list)


@dataclass(slots=True)
class Frame:
    """Variables and results of one body while it is interpreted.

    ``scope`` is the scope around it (0: the module's). ``captured`` is the id of its own scope
    once a nested function may see its variables. ``recorders`` are dictionaries that gather what
    is assigned inside ``try`` blocks. ``shared`` are the variables that functions nested in it
    assign too: the heap has what those gave them. ``key`` tells contexts of one function apart.
    ``shows_all``: ``locals()`` was called.
    """

    module: ModuleCode
    symbol: str = ""
    code: FunctionCode | None = None
    owner: Class | None = None
    body_of: ClassCode | None = None
    scope: int = 0
    key: object = None
    variables: Variables = field(default_factory=dict)
    captured: int = 0
    returns: list[Value] = field(default_factory=list)
    yields: list[Value] = field(default_factory=list)
    generates: bool = False
    receiver: Value | None = None
    loops: list[Loop] = field(default_factory=list)
    recorders: list[Variables] = field(default_factory=list)
    shared: set[str] = field(default_factory=set)
    globals: set[str] = field(default_factory=set)
    nonlocals: set[str] = field(default_factory=set)
    typing_only: bool = False
    in_comprehension: bool = False
    shows_all: bool = False

    @property
    def is_module(self) -> bool:
        """Whether this is a module's own body."""
        return self.code is None and self.body_of is None


@dataclass(slots=True)
class Given:
    """The arguments of a call, evaluated. ``rest`` and ``more`` are `library.Call`'s."""

    span: Span
    positional: tuple[Argument, ...] = ()
    keywords: Mapping[str, Argument] = field(default_factory=dict)
    rest: Argument | None = None
    more: Argument | None = None

    @property
    def all(self) -> tuple[Argument, ...]:
        """Every argument."""
        extra = tuple(a for a in (self.rest, self.more) if a is not None)
        return (*self.positional, *self.keywords.values(), *extra)

    def argument(self, position: int, name: str) -> Argument | None:
        """The argument at a position or of a name; what may have come through ``*`` or ``**``."""
        if position < len(self.positional):
            return self.positional[position]
        return self.keywords.get(name) or self.rest or self.more

    def with_first(self, first: Argument) -> Given:
        """The same arguments behind another one."""
        return Given(self.span, (first, *self.positional), self.keywords, self.rest, self.more)

    def without_first(self) -> Given:
        """The same arguments but the first positional one."""
        return Given(self.span, self.positional[1:], self.keywords, self.rest, self.more)

    @property
    def first(self) -> Argument | None:
        """The first positional argument."""
        return self.positional[0] if self.positional else self.rest

    @property
    def first_value(self) -> Value:
        """What the first positional argument is; mere data when there is none."""
        return DATA if self.first is None else self.first.value


def merge(branches: list[Variables]) -> Variables:
    """The variables after branches that meet; a name that some branch lacks keeps the others'."""
    if len(branches) == 1:
        return branches[0]
    first, *others = branches
    merged = dict(first)
    for other in others:
        for name, value in other.items():
            known = merged.get(name)
            if known is None:
                merged[name] = value
            elif known is not value and known != value:
                merged[name] = join((known, value))
    return merged


def meet(frame: Frame, ends: list[Variables], otherwise: Variables) -> bool:
    """Goes on with what the branches left; False when none of them ends."""
    frame.variables = merge(ends) if ends else otherwise
    return bool(ends)


Handler: TypeAlias = Callable[["Machine", Given], Value]
"""What a function of Python or a library does when it is called."""
