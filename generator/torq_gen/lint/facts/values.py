"""What an expression can be, as far as the analysis knows: abstract values.

Values are frozen and compared by content. `Text` (of `text`) is one of them: every string.
What is mutable lives in the heap, and its value here only names the place.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, TypeAlias

from torq_gen.immutable import immutable
from torq_gen.lint.facts.text import Hole, Text

if TYPE_CHECKING:
    from torq_gen.diagnostics import Span
    from torq_gen.lint.facts.code import ClassCode, FunctionCode, ModuleCode


@immutable
class Unknown:
    """Anything at all; ``reason`` says why nobody can tell, as the end of a sentence.

    ``missing``: nothing gave it a value so far. That holds here and now, and is kept nowhere.
    """

    reason: str = ""
    missing: bool = False


@immutable
class Literal:
    """A constant that is no text: a number, a truth value, bytes, None."""

    value: int | float | complex | bool | bytes | None

    def __hash__(self) -> int:
        return hash((self.value.__class__, self.value))

    def __eq__(self, other: object) -> bool:
        """1, 1.0 and True are three literals."""
        return (
            isinstance(other, Literal)
            and self.value.__class__ is other.value.__class__
            and self.value == other.value
        )


@immutable
class Plain:
    """Data that can do nothing; ``type`` is its type (``int``), or empty when that is not known."""

    type: str = ""


@immutable
class Amount:
    """Money. ``of`` says what it is (``SwapEvent.amount_in``); ``exact``: a Decimal or Fraction."""

    of: str
    origin: Span | None = field(default=None, compare=False)
    exact: bool = False


@immutable
class MessageClass:
    """A generated class: of a message, or of a struct of the system."""

    name: str
    struct: bool = False


@immutable
class MessageValue:
    """An instance of a generated class; ``origin`` is the expression that made it, if one did."""

    name: str
    origin: Span | None = None
    struct: bool = False


@immutable
class Generated:
    """Another name of the generated package, by dotted path: a base class, an enum, a module."""

    path: str


@immutable
class Module:
    """A module of the project, or a folder of such modules."""

    code: ModuleCode


class Class:
    """A class of the project, made in ``scope`` (0 for one that stands in a module).

    There is one of a code and scope: it is what it is, and compared and hashed as that.
    """

    __slots__ = ("code", "objects", "scope")
    __match_args__ = ("code", "scope")
    code: ClassCode
    scope: int
    objects: dict[Span | None, Object]

    def __new__(cls, code: ClassCode, scope: int = 0) -> Class:
        """The class, which is made when it is first asked for."""
        known = code.made.get(scope)
        if known is None:
            known = code.made[scope] = super().__new__(cls)
            known.code, known.scope, known.objects = code, scope, {}
        return known

    def __repr__(self) -> str:
        return f"Class({self.code.qualname}, {self.scope})"


class Function:
    """A function of the project with the scope that it closes over; one of a code and scope."""

    __slots__ = ("code", "scope")
    __match_args__ = ("code", "scope")
    code: FunctionCode
    scope: int

    def __new__(cls, code: FunctionCode, scope: int = 0) -> Function:
        """The function, which is made when it is first asked for."""
        known = code.made.get(scope)
        if known is None:
            known = code.made[scope] = super().__new__(cls)
            known.code, known.scope = code, scope
        return known

    def __repr__(self) -> str:
        return f"Function({self.code.qualname}, {self.scope})"


@immutable
class Bound:
    """A method and the object that it was read from."""

    function: Value
    receiver: Value


@immutable
class BaseMethod:
    """A method of a class that is not analysed but modelled: `publish` of a service."""

    receiver: Value
    name: str


@immutable
class Partial:
    """``functools.partial``: a callable with some arguments already given.

    ``rest`` and ``more`` are what came through ``*`` and ``**``, so many that nobody knows.
    """

    function: Value
    positional: tuple[Value, ...] = ()
    keywords: tuple[tuple[str, Value], ...] = ()
    rest: Value | None = None
    more: Value | None = None


@immutable
class Super:
    """``super()``: the object, seen from above a class."""

    receiver: Value
    above: Class


class Object:
    """An instance of a project's class, known by the place where it was made.

    Its attributes are in the heap under this value; there is one of a class and place.
    """

    __slots__ = ("cls", "site")
    __match_args__ = ("cls", "site")
    cls: Class
    site: Span | None

    def __new__(this, cls: Class, site: Span | None) -> Object:
        """The object, which is made when it is first asked for."""
        known = cls.objects.get(site)
        if known is None:
            known = cls.objects[site] = super().__new__(this)
            known.cls, known.site = cls, site
        return known

    def __repr__(self) -> str:
        return f"Object({self.cls.code.qualname}, {self.site})"


@immutable
class Container:
    """A list, set, dictionary, queue or the like, known by the place where it was made.

    What it holds is in the heap under this value.
    """

    kind: str
    site: Span | None

    def __hash__(self) -> int:
        """Of a part only, as an object's."""
        return hash((self.kind, None if self.site is None else self.site.line))


@immutable
class Tuple:
    """A tuple of known length."""

    items: tuple[Value, ...]


@immutable
class Items:
    """What one gets on iterating: any number of ``item`` (a generator, a map, a tuple[X, ...])."""

    item: Value


@immutable
class External:
    """A name of a library or of the standard library, by its dotted path.

    A path with ``()`` in it is something that a library's code gave, of which nothing is known.
    """

    path: str


@immutable
class Thing:
    """An instance of a modelled type of a library (`library.Type`), by the type's name.

    ``fields`` are what the model remembers of its construction: a consumer's topics, say; ``site``
    is where that stands.
    """

    type: str
    fields: tuple[tuple[str, Value], ...] = ()
    site: Span | None = None

    def get(self, name: str) -> Value | None:
        """A remembered field."""
        return dict(self.fields).get(name)


@immutable
class ThingMethod:
    """A method of a modelled type, read from a thing.

    ``owner`` is the project's object or class that has it from the type, if it was read from one.
    """

    receiver: Thing
    name: str
    owner: Value | None = None


class Union:
    """One of several values; made by `join` alone, never nested. Their order says nothing."""

    __slots__ = ("_members", "of")
    __match_args__ = ("of",)

    def __init__(self, of: tuple[Value, ...]) -> None:
        self.of = of
        self._members: frozenset[Value] | None = None

    @property
    def members(self) -> frozenset[Value]:
        """The values as a set: kept, for large unions are compared and added to again and again."""
        if self._members is None:
            self._members = frozenset(self.of)
        return self._members

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Union) or len(self.of) != len(other.of):
            return False
        return self.of == other.of or self.members == other.members

    def __hash__(self) -> int:
        return hash(self.members)

    def __repr__(self) -> str:
        return f"Union({self.of!r})"


Value: TypeAlias = (
    Unknown
    | Literal
    | Plain
    | Text
    | Amount
    | MessageClass
    | MessageValue
    | Generated
    | Module
    | Class
    | Function
    | Bound
    | BaseMethod
    | Partial
    | Super
    | Object
    | Container
    | Tuple
    | Items
    | External
    | Thing
    | ThingMethod
    | Union
)

NOTHING = Union(())
"""No value at all: what has not been reached yet."""
NONE = Literal(None)
DATA = Plain()
ANY_TEXT = Text((Hole(),))
MORE = Unknown("it has more values than are followed")
"""Stands in a union for what was forgotten of it, now and later: or it would grow without end."""
