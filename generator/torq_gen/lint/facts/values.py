"""What an expression can be, as far as the analysis knows: abstract values.

Values are frozen and compared by content. `Text` (of `text`) is one of them: every string.
What is mutable lives in the heap, and its value here only names the place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from torq_gen.lint.facts.text import Hole, Text

if TYPE_CHECKING:
    from torq_gen.diagnostics import Span
    from torq_gen.lint.facts.program import ClassCode, FunctionCode, ModuleCode


@dataclass(frozen=True, slots=True)
class Unknown:
    """Anything at all; ``reason`` says why nobody can tell, as the end of a sentence.

    ``missing``: nothing gave it a value so far. That holds here and now, and is kept nowhere.
    """

    reason: str = ""
    missing: bool = False


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Plain:
    """Data that can do nothing; ``type`` is its type (``int``), or empty when that is not known."""

    type: str = ""


@dataclass(frozen=True, slots=True)
class Amount:
    """Money. ``of`` says what it is (``SwapEvent.amount_in``); ``exact``: a Decimal or Fraction."""

    of: str
    origin: Span | None = field(default=None, compare=False)
    exact: bool = False


@dataclass(frozen=True, slots=True)
class MessageClass:
    """A generated class: of a message, or of a struct of the system."""

    name: str
    struct: bool = False


@dataclass(frozen=True, slots=True)
class MessageValue:
    """An instance of a generated class; ``origin`` is the expression that made it, if one did."""

    name: str
    origin: Span | None = None
    struct: bool = False


@dataclass(frozen=True, slots=True)
class Generated:
    """Another name of the generated package, by dotted path: a base class, an enum, a module."""

    path: str


@dataclass(frozen=True, slots=True)
class Module:
    """A module of the project, or a folder of such modules."""

    code: ModuleCode


@dataclass(frozen=True, slots=True)
class Class:
    """A class of the project, made in ``scope`` (0 for one that stands in a module)."""

    code: ClassCode
    scope: int = 0


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the project with the scope that it closes over."""

    code: FunctionCode
    scope: int = 0


@dataclass(frozen=True, slots=True)
class Bound:
    """A method and the object that it was read from."""

    function: Value
    receiver: Value


@dataclass(frozen=True, slots=True)
class BaseMethod:
    """A method of a class that is not analysed but modelled: `publish` of a service."""

    receiver: Value
    name: str


@dataclass(frozen=True, slots=True)
class Partial:
    """``functools.partial``: a callable with some arguments already given."""

    function: Value
    positional: tuple[Value, ...] = ()
    keywords: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, slots=True)
class Super:
    """``super()``: the object, seen from above a class."""

    receiver: Value
    above: Class


@dataclass(frozen=True, slots=True)
class Object:
    """An instance of a project's class, known by the place where it was made.

    Its attributes are in the heap under this value.
    """

    cls: Class
    site: Span | None

    def __hash__(self) -> int:
        """Of a part only: objects are looked up more often than anything else."""
        return hash((self.cls.code, None if self.site is None else self.site.line))


@dataclass(frozen=True, slots=True)
class Container:
    """A list, set, dictionary, queue or the like, known by the place where it was made.

    What it holds is in the heap under this value.
    """

    kind: str
    site: Span | None

    def __hash__(self) -> int:
        """Of a part only, as an object's."""
        return hash((self.kind, None if self.site is None else self.site.line))


@dataclass(frozen=True, slots=True)
class Tuple:
    """A tuple of known length."""

    items: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Items:
    """What one gets on iterating: any number of ``item`` (a generator, a map, a tuple[X, ...])."""

    item: Value


@dataclass(frozen=True, slots=True)
class External:
    """A name of a library or of the standard library, by its dotted path.

    A path with ``()`` in it is something that a library's code gave, of which nothing is known.
    """

    path: str


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class ThingMethod:
    """A method of a modelled type, read from a thing.

    ``owner`` is the project's object or class that has it from the type, if it was read from one.
    """

    receiver: Thing
    name: str
    owner: Value | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Union:
    """One of several values; made by `join` alone, never nested. Their order says nothing."""

    of: tuple[Value, ...]
    members: frozenset[Value] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Large unions are compared and added to again and again: what is in it is kept."""
        object.__setattr__(self, "members", frozenset(self.of))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Union) and self.members == other.members

    def __hash__(self) -> int:
        return hash(self.members)


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

LONGEST_PATH = 100
"""Characters of a dotted path; a longer one is of something that calls itself again and again."""
MOST_OBJECTS = 6
"""Objects of one class that a large union tells apart."""
DEEPEST_VALUE = 4
"""Tuples in tuples (and the like) in a cell that goes on growing; what is deeper is unknown."""
MOST_ALTERNATIVES = 24
"""A union of more keeps only what can act, and is unknown besides."""


def is_unknown(value: Value) -> bool:
    """Whether nothing is known of a value: an annotation says more, if there is one."""
    return value.__class__ is Unknown or (value.__class__ is External and "(" in value.path)


def alternatives(value: Value) -> tuple[Value, ...]:
    """The values that a value may be, one by one."""
    return value.of if isinstance(value, Union) else (value,)


def join(values: Iterable[Value]) -> Value:
    """A value that may be any of the given ones."""
    if isinstance(values, list) and len(values) == 1:
        only: Value = values[0]
        return only
    values = tuple(values)
    if len(values) == 2 and _has(values[0], values[1]):
        return values[0]
    found: dict[Value, None] = {}
    for value in values:
        if value.__class__ is Union:
            found.update(dict.fromkeys(value.of))
        else:
            found[value] = None
    if len(found) == 1:
        return next(iter(found))
    if len(found) > MOST_ALTERNATIVES or MORE in found:
        return _widened(found)
    return Union(tuple(found))


def _has(value: Value, other: Value) -> bool:
    """Whether a value may already be all that another may be."""
    if value.__class__ is not Union:
        return value is other
    return other.members <= value.members if isinstance(other, Union) else other in value.members


def present(value: Value) -> Value:
    """The value without what only says that there is none as yet."""
    if isinstance(value, Unknown) and value.missing:
        return NOTHING
    if isinstance(value, Union) and any(isinstance(v, Unknown) and v.missing for v in value.of):
        return join([present(v) for v in value.of])
    return value


def blurred(value: Value) -> Value:
    """The value with any text in place of a certain one, and any number likewise."""
    match value:
        case Text():
            return ANY_TEXT
        case Literal(value=bool() | int() | float() | complex() as number):
            return Plain(type(number).__name__)
        case Tuple(items=items):
            return Tuple(tuple(map(blurred, items)))
        case Items(item=item):
            return Items(blurred(item))
        case Union(of=found):
            return join(map(blurred, found)) if found else NOTHING
    return value


def settled(value: Value, reason: str) -> tuple[Value, Value]:
    """What of a value is one of finitely many, and the rest of it, which becomes unknown.

    Texts, numbers and what holds other values can grow without end; of texts and numbers, the
    type is kept.
    """
    value = join(map(_typed, alternatives(value)))
    kept = [v for v in alternatives(value) if _is_finite(v)]
    lost = [v for v in alternatives(value) if not _is_finite(v)]
    if not lost:
        return value, NOTHING
    return join((*kept, Unknown(reason))), join(lost)


def shallow(value: Value, reason: str) -> tuple[Value, Value]:
    """What of a value does not hold others in others in others, and the rest, as ``settled``."""
    lost = [v for v in alternatives(value) if _is_deeper(v, DEEPEST_VALUE)]
    if not lost:
        return value, NOTHING
    kept = [v for v in alternatives(value) if v not in lost]
    return join((*kept, Unknown(reason))), join(lost)


def _is_deeper(value: Value, levels: int) -> bool:
    match value:
        case Tuple(items=held) | Union(of=held):
            inner = held
        case Items(item=item):
            inner = (item,)
        case Partial(function=function, positional=given, keywords=words):
            inner = (function, *given, *(v for _, v in words))
        case Bound(function=function, receiver=receiver):
            inner = (function, receiver)
        case Thing(fields=fields):
            inner = tuple(v for _, v in fields)
        case _:
            return False
    return levels == 0 or any(_is_deeper(v, levels - (value.__class__ is not Union)) for v in inner)


def _typed(value: Value) -> Value:
    if isinstance(value, Text):
        return ANY_TEXT
    if isinstance(value, Literal) and value != NONE:
        return Plain(type(value.value).__name__)
    return value


def _is_finite(value: Value) -> bool:
    match value:
        case Bound(function=inner, receiver=receiver):
            return isinstance(inner, Function) and _is_finite(receiver)
        case BaseMethod(receiver=receiver):
            return _is_finite(receiver)
        case ThingMethod() | Thing(fields=()):
            return True
        case External(path=path):
            return len(path) <= LONGEST_PATH
        case Tuple() | Items() | Partial() | Super() | Thing():
            return False
    return True


def general(value: Value) -> Value:
    """The value with its numbers known by their type alone."""
    if isinstance(value, Literal) and value.value.__class__ is int:
        return Plain("int")
    if isinstance(value, Union) and any(isinstance(v, Literal) for v in value.of):
        return join(map(general, value.of))
    return value


def _is_idle(value: Value) -> bool:
    """Whether a value is data, or a method of data."""
    if value.__class__ is BaseMethod:
        value = value.receiver
        return isinstance(value, Container | Items | Tuple) or _is_idle(value)
    return isinstance(value, Text | Literal | Plain)


def _widened(values: Iterable[Value]) -> Value:
    """Data is forgotten, never what can act: a message, an object, a function.

    Of many objects of a class it is only known that they are of that class.
    """
    values = tuple(values)
    counts = Counter(v.cls for v in values if v.__class__ is Object)
    many = {cls for cls, count in counts.items() if count > MOST_OBJECTS}
    many |= {v.cls for v in values if v.__class__ is Object and v.site is None}
    forgotten = [v for v in values if is_unknown(v) or _is_idle(v)]
    amounts = [v for v in values if v.__class__ is Amount]
    if len(forgotten) < 2 and len(amounts) < 2 and not many:
        return Union(values)
    left = {v: None for v in values if v.__class__ is not Amount}
    for v in forgotten:
        left.pop(v, None)
    kept = dict.fromkeys(
        Object(v.cls, None) if v.__class__ is Object and v.cls in many else v for v in left
    )
    return Union((*kept, *amounts[:1], MORE))
