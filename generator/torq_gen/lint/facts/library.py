"""How a library is described to the analysis: which calls make what, and what they do.

A receiver is known by where it was imported from or made, never by its method's name. One library,
one file in `libraries/`, which holds data and small functions and knows nothing of the analysis
but these classes and the values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from typing import TYPE_CHECKING, TypeAlias

from torq_gen.immutable import immutable
from torq_gen.lint.facts.values import Unknown, Value

if TYPE_CHECKING:
    from torq_gen.diagnostics import Span
    from torq_gen.lint.facts.model import Fact, What


@immutable
class Argument:
    """An argument's value and where it stands."""

    value: Value
    span: Span


@immutable
class Call:
    """A call as the analysis sees it. ``span`` is the whole call's.

    ``rest`` is what came from ``*arguments`` of unknown length, ``more`` from ``**keywords`` of
    unknown names: any parameter may have got it. ``receiver`` is what the method was read from.

    The rest asks about values: ``elements`` gives what a value holds or yields on iteration (a
    list's elements, a dictionary's keys), ``entries`` a dictionary's known entries (None when it is
    not wholly known), ``attribute`` an attribute, ``annotation`` what a callable's n-th parameter
    is annotated with (-1: what it returns) as the class value, ``qualified`` the dotted name of a
    project's function or class, ``kin`` the classes of a name that share a base with a class,
    ``message`` the message that a payload or class is (None: nobody knows), ``result`` what
    calling a function without arguments gives, ``source`` the code at a place as it stands in its
    file.
    """

    span: Span
    path: str
    positional: tuple[Argument, ...] = ()
    keywords: Mapping[str, Argument] = field(default_factory=dict)
    rest: Argument | None = None
    more: Argument | None = None
    receiver: Value = field(default_factory=Unknown)
    elements: Callable[[Value], Value] = field(default=lambda value: Unknown(), repr=False)
    entries: Callable[[Value], Mapping[str, Value] | None] = field(
        default=lambda value: None, repr=False
    )
    attribute: Callable[[Value, str], Value] = field(
        default=lambda value, name: Unknown(), repr=False
    )
    annotation: Callable[[Value, int], Value] = field(
        default=lambda value, place: Unknown(), repr=False
    )
    qualified: Callable[[Value], str | None] = field(default=lambda value: None, repr=False)
    kin: Callable[[Value, str], Value] = field(default=lambda cls, name: Unknown(), repr=False)
    message: Callable[[Value], What | None] = field(default=lambda value: None, repr=False)
    result: Callable[[Value], Value] = field(default=lambda value: Unknown(), repr=False)
    source: Callable[[Span], str] = field(default=lambda span: "", repr=False)

    def argument(self, position: int | None, *names: str) -> Argument | None:
        """The argument at the position or under one of the names; None when it is not given.

        What may have come through ``*`` or ``**`` counts as given, and is unknown.
        """
        if position is not None and position < len(self.positional):
            return self.positional[position]
        for name in names:
            if name in self.keywords:
                return self.keywords[name]
        return (self.rest if position is not None else None) or self.more


Effect: TypeAlias = "Callable[[Call], Iterable[Fact]]"
"""What a call does to the world, as facts."""

Result: TypeAlias = str | Callable[[Call], Value]
"""What a call gives: the name of a `Type`, or a function of the call; empty for mere data."""


@immutable
class Function:
    """A function, method or constructor of a library.

    ``awaited`` and ``with`` give the same as the call itself. Functions among the arguments are
    taken to be called with arguments that nobody knows; ``handler`` says which argument (position,
    name) is called with ``handed`` instead. ``keeps``: a capability may be handed to it safely.
    ``passes``: what it does with its arguments is not known, as if it had no description;
    ``passes_one``: with this one of them.
    """

    effect: Effect | None = None
    returns: Result = ""
    handler: tuple[int | None, str] | None = None
    handed: Result = ""
    keeps: bool = False
    passes: bool = False
    passes_one: tuple[int | None, str] | None = None


@immutable
class Type:
    """A class of a library, by the name that this library's file gives it.

    ``capability`` names what its instances can do ("a Redis client"): where one goes to code that
    is not analysed, that place is a finding; empty for what is harmless. ``annotations`` are the
    dotted paths that a parameter may be annotated with. ``attributes`` and ``methods`` are what is
    known of it; ``other`` answers for every method that is not listed (None: it gives mere data).
    ``enter`` is what ``with`` gives, ``item`` what iterating and subscripting give (empty: itself
    and mere data). Operators and subscripts are looked up as ``__add__``, ``__getitem__`` and so
    on.

    ``assigned`` answers for assignments to an attribute: a call with the value as argument. Of a
    project's class that derives from the type, ``class_attribute`` is asked first for what is read
    from the class itself, and ``stored`` is told of assignments to its instances' attributes.
    """

    name: str
    capability: str = ""
    annotations: tuple[str, ...] = ()
    methods: Mapping[str, Function] = field(default_factory=dict)
    attributes: Mapping[str, Result] = field(default_factory=dict)
    other: Function | None = None
    enter: str = ""
    item: Result = ""
    called: Function | None = None
    assigned: Mapping[str, Function] = field(default_factory=dict)
    class_attribute: Callable[[Value, str], Value | None] | None = None
    stored: Effect | None = None


@immutable
class Library:
    """What one file of `libraries/` says.

    ``modules`` are the top-level modules that it answers for. ``functions`` are by dotted path and
    hold the constructors too; ``unlisted`` answers for calls of other names of these modules
    (None: they give mere data), but for those below ``harmless`` prefixes. ``values`` are
    constants, and names that are no functions.
    """

    name: str
    modules: tuple[str, ...]
    functions: Mapping[str, Function] = field(default_factory=dict)
    types: tuple[Type, ...] = ()
    unlisted: Function | None = None
    harmless: tuple[str, ...] = ()
    values: Mapping[str, Value] = field(default_factory=dict)
