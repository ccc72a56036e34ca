"""Construction of objects of the project's classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.diagnostics import Span
from torq_gen.lint.facts import (
    arguments,
    classes,
    collection_methods,
    definitions,
    enums,
    escape,
    fields,
    instances,
    library_calls,
    mixins,
    numbers,
    objects,
    raising,
    reflecting,
    settings,
    strings,
    waiting,
)
from torq_gen.lint.facts.frame import Given
from torq_gen.lint.facts.library import Argument
from torq_gen.lint.facts.model import Operation
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import (
    DATA,
    NONE,
    Bound,
    Class,
    External,
    Function,
    Object,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine


def construct(machine: Machine, cls: Class, given: Given, *, past_metaclass: bool = False) -> Value:
    """A new object of a project's class; ``past_metaclass``: its own class said so itself."""
    order = classes.ancestry(machine, cls)
    if enums.is_enum(order):
        return enums.by_value(machine, cls, order, given)
    model = machine.libraries.own.get(cls.code.dotted_name)
    if model is not None:
        return library_calls.apply_model(machine, model, cls.code.qualname, NONE, given)
    if _is_property(machine, order):
        return reflecting.made_property(machine, given)
    by_metaclass = None if past_metaclass else _call_metaclass(machine, cls, order, given)
    if by_metaclass is not None:
        return by_metaclass
    own = classes.in_classes(machine, order, "__new__")
    if own is not None:
        return _made_by_new(machine, cls, order, own[1], given)
    made = instances.new_object(machine, cls, given.span)
    _initialise(machine, made, order, given)
    one = Object(cls, None) if machine.detail.by_family else made
    machine.runs.once(("asked", one), lambda: asked_by_python(machine, one, order))
    return made


def _is_property(machine: Machine, order: tuple[Value, ...]) -> bool:
    """Whether objects of a class do as properties do: it derives from Python's own."""
    derives = any(isinstance(base, External) and base.path in _PROPERTIES for base in order)
    return derives and classes.in_classes(machine, order, "__get__") is None


_PROPERTIES = ("builtins.property", "functools.cached_property")


_IMPLICIT = (
    *("__bool__", "__len__", "__hash__", "__str__", "__repr__", "__format__", "__del__"),
    *("__eq__", "__lt__", "__gt__", "__contains__", "__await__", "__int__", "__float__"),
    *("__index__", "__length_hint__", "__floor__", "__ceil__", "__trunc__", "__complex__"),
    *("__bytes__", "__fspath__", "__dir__", "__sizeof__", "__le__", "__ge__", "__ne__"),
    *("__reduce__", "__reduce_ex__", "__getstate__", "__setstate__", "__getnewargs__"),
)
"""Methods that Python calls where no code says so."""


def asked_by_python(machine: Machine, made: Object | Class, order: tuple[Value, ...]) -> None:
    """Runs what Python may call of an object or class, which has it from the classes ``order``.

    In the service's own files, everything is run anyway.
    """
    for name in _IMPLICIT:
        found = classes.in_classes(machine, order, name)
        for one in alternatives(found[1]) if found is not None else ():
            if not isinstance(one, Function):
                continue
            if isinstance(made, Class) or not machine.is_own(one.code.module.path):
                escape.call_unknown(machine, one, made)


def _call_metaclass(
    machine: Machine, cls: Class, order: tuple[Value, ...], given: Given
) -> Value | None:
    """What a metaclass of the project makes of a call of its class."""
    meta = classes.metaclass_of(machine, order)
    if meta is None:
        return None
    found = classes.in_classes(machine, classes.ancestry(machine, meta), "__call__")
    return None if found is None else machine.call(Bound(found[1], cls), given)


def _made_by_new(
    machine: Machine, cls: Class, order: tuple[Value, ...], new: Value, given: Given
) -> Value:
    """What ``__new__`` of a class gives; an object of the class is then initialised."""
    made = machine.call(new, given.with_first(Argument(cls, given.span)))
    for one in alternatives(made):
        if isinstance(one, Object) and cls in classes.ancestry(machine, one.cls):
            order = classes.ancestry(machine, one.cls)
            _initialise(machine, one, order, given)
    return made


def _initialise(machine: Machine, made: Object, order: tuple[Value, ...], given: Given) -> None:
    stated = classes.fields_of(machine, made.cls, order)
    maker = classes.in_classes(machine, order, "__init__")
    if maker is not None:
        machine.call(classes.method(machine, made, "__init__") or NONE, given)
    elif stated:
        _fill_fields(machine, made, stated, given)
    else:
        construct_outside(machine, made, given)
    _finish(machine, made, order, given.span)


def _finish(machine: Machine, made: Object, order: tuple[Value, ...], span: Span) -> None:
    """Calls what dataclasses, attrs and pydantic call once an object has its fields."""
    given_first = (machine.heap.read(made, name) for name in _only_for_init(machine, order))
    handed = {
        "__post_init__": tuple(DATA if value is None else value for value in given_first),
        "__attrs_post_init__": (),
        "model_post_init": (DATA,),
    }
    for name, values in handed.items():
        after = classes.method(machine, made, name)
        if after is not None:
            machine.call(after, Given(span, tuple(Argument(value, span) for value in values)))


def _only_for_init(machine: Machine, order: tuple[Value, ...]) -> list[str]:
    """The fields of a dataclass that are handed to ``__post_init__``."""
    return [
        name
        for base in reversed(order)
        if isinstance(base, Class)
        for name, (node, _) in machine.annotations.get(base, {}).items()
        if fields.last_name(node) == "InitVar"
    ]


def construct_outside(machine: Machine, made: Object, given: Given) -> None:
    """The constructor of a base class that is a library's, if there is one."""
    order = classes.ancestry(machine, made.cls)
    outside = [base for base in order if isinstance(base, External | Unknown)]
    if not outside:
        return
    for base in outside:
        if isinstance(base, External):
            model = machine.libraries.function(base.path)
            if model is None and base.path in waiting.TABLE:
                waiting.TABLE[base.path](machine, given)
                return
            if model is not None:
                result = library_calls.apply_model(machine, model, base.path, made, given)
                machine.heap.write(made, classes.BASE, result)
                return
    collection = objects.collection_of(machine, made)
    if collection is not None:
        collection_methods.method(machine, collection, "update", given)
        if mixins.is_open(machine, made):
            mixins.method(machine, made, "update", given)
        return
    if any(isinstance(base, External) and raising.is_error(base.path) for base in outside):
        raising.constructed(machine, given)
    for argument in given.all:
        machine.heap.write(made, "[given]", argument.value)
        escape.of(machine, argument.value, argument.span, "a base class that is not analysed")


def construct_base(machine: Machine, made: Object, given: Given) -> None:
    """``super().__init__(…)`` of a class whose bases above are not the project's."""
    order = classes.ancestry(machine, made.cls)
    of_fields = any(
        isinstance(base, External) and base.path.startswith(definitions.FIELD_BASES)
        for base in order
    )
    if of_fields:
        _fill_fields(machine, made, classes.fields_of(machine, made.cls, order), given)
    else:
        construct_outside(machine, made, given)


def _fill_fields(
    machine: Machine, made: Object, stated: dict[str, Value | None], given: Given
) -> None:
    """The attributes that a generated ``__init__`` sets: dataclasses and the like."""
    positional = list(given.positional)
    order = classes.ancestry(machine, made.cls)
    instances.note_filled(machine, made)
    for name, default in stated.items():
        field = fields.of(order, name)
        named = [given.keywords[word] for word in field.words if word in given.keywords]
        if field.by_place and positional:
            value: Value | None = positional.pop(0).value
        elif named:
            value = named[0].value
        else:
            several = (given.rest if field.by_place else None, given.more if field.words else None)
            held = [settings.taken(one.value, name) for one in several if one is not None]
            value = join([*held, *([] if default is None else [default])]) if held else default
        if value is not None:
            machine.heap.write(made, name, _trusted(machine, made, name, value, given.span))


def _trusted(machine: Machine, made: Object, name: str, value: Value, span: Span) -> Value:
    """The value; what is not known of it, its field's annotation says."""
    order = classes.ancestry(machine, made.cls)
    money = strings.money_in(value)[:1] if any(map(_is_converting, order)) else []
    if not money and not any(map(arguments.is_untyped, alternatives(value))):
        return value
    stated = classes.declared(machine, made.cls, order, name)
    if money and stated is not None and {*alternatives(stated)} <= {numbers.FLOAT, NONE}:
        numbers.note(machine, money[0], Operation.FLOAT_CONVERSION, span)
        return numbers.FLOAT
    return value if stated is None else arguments.completed(value, stated)


def _is_converting(base: Value) -> bool:
    """Whether a base class makes values what their fields are annotated with."""
    return isinstance(base, External) and base.path.startswith("pydantic")
