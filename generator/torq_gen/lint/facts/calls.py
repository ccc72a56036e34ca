"""Calls: arguments, parameters, construction, and what a call of each kind of value gives."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torq_gen.diagnostics import Span
from torq_gen.lint.facts import (
    collections_,
    definitions,
    escape,
    known,
    members,
    objects,
    questions,
    reckoning,
    service,
    strings,
    waiting,
)
from torq_gen.lint.facts.frame import Frame, Given
from torq_gen.lint.facts.library import Argument
from torq_gen.lint.facts.library import Call as LibraryCall
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.values import (
    DATA,
    NONE,
    NOTHING,
    Amount,
    BaseMethod,
    Bound,
    Class,
    Container,
    External,
    Function,
    Generated,
    Items,
    Literal,
    MessageClass,
    MessageValue,
    Object,
    Partial,
    Plain,
    Super,
    Thing,
    ThingMethod,
    Tuple,
    Union,
    Unknown,
    Value,
    alternatives,
    is_unknown,
    join,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.library import Function as LibraryFunction
    from torq_gen.lint.facts.machine import Machine
    from torq_gen.lint.facts.program import Parameter


def arguments_of(machine: Machine, node: ast.Call, frame: Frame) -> Given:
    """The arguments of a call expression, evaluated."""
    span_of = frame.module.span
    positional: list[Argument] = []
    rest: list[Value] = []
    for argument in node.args:
        if isinstance(argument, ast.Starred):
            value = machine.eval(argument.value, frame)
            if isinstance(value, Tuple) and not rest:
                span = span_of(argument)
                positional += [Argument(item, span) for item in value.items]
            else:
                rest.append(collections_.elements(machine, value))
        elif rest:
            rest.append(machine.eval(argument, frame))
        else:
            positional.append(Argument(machine.eval(argument, frame), span_of(argument)))
    keywords: dict[str, Argument] = {}
    more: list[Value] = []
    for keyword in node.keywords:
        value = machine.eval(keyword.value, frame)
        span = span_of(keyword.value)
        if keyword.arg is not None:
            keywords[keyword.arg] = Argument(value, span)
            continue
        entries = collections_.entries(machine, value)
        if entries is None:
            more.append(_values(machine, value))
        else:
            keywords |= {name: Argument(held, span) for name, held in entries.items()}
    whole = span_of(node)
    return Given(
        whole,
        tuple(positional),
        keywords,
        Argument(join(rest), whole) if rest else None,
        Argument(join(more), whole) if more else None,
    )


def _values(machine: Machine, value: Value) -> Value:
    """What a dictionary of unknown keys may hold."""
    found = [
        machine.heap.all(v) if isinstance(v, Container) else Unknown("it comes from `**`")
        for v in alternatives(value)
    ]
    return join(found) if found else NOTHING


def call(machine: Machine, function: Value, given: Given) -> Value:
    """What a call gives, joined over all that the callee may be."""
    if function.__class__ is not Union:
        return _call(machine, function, given)
    machine.work(len(function.of))
    found = [_call(machine, one, given) for one in alternatives(function)]
    return join(found) if found else NOTHING


def _call(machine: Machine, function: Value, given: Given) -> Value:
    match function:
        case Bound(function=inner, receiver=receiver):
            return machine.call(inner, given.with_first(Argument(receiver, given.span)))
        case Function():
            return _call_function(machine, function, given)
        case Class():
            return construct(machine, function, given)
        case MessageClass(name=name, struct=struct):
            return MessageValue(name, given.span, struct)
        case External(path=path):
            return known.call(machine, path, given)
        case ThingMethod():
            return _call_thing(machine, function, given)
        case BaseMethod(receiver=Generated() as base, name=name) if (
            given.first is not None and machine.contracts.service_of(base) is not None
        ):
            bound = members.of_base(machine, given.first.value, name)
            return machine.call(bound, given.without_first())
        case BaseMethod(receiver=receiver, name=name):
            return _call_method(machine, receiver, name, given)
        case Partial(function=inner, positional=first, keywords=words):
            return machine.call(inner, _with_partial(given, first, words))
        case Object():
            method = members.method(machine, function, "__call__")
            if method is not None:
                return machine.call(method, given)
        case Generated():
            return _call_generated(machine, function, given)
        case Thing(type="typing.Callable"):
            escape.of_all(machine, given, "a function that is not known")
            return function.get("gives") or DATA
        case Thing(type="operator.attrgetter" | "operator.itemgetter" | "operator.methodcaller"):
            return _by_operator(machine, function, given)
        case Thing(type="weakref.ref"):
            return function.get("to") or DATA
        case Thing(type="typing.NewType"):
            return DATA if given.first is None else given.first.value
        case Container(kind="dispatch"):
            return machine.call(machine.heap.all(function), given)
        case Thing(type=name):
            model = machine.libraries.called(name)
            if model is not None:
                return apply_model(machine, model, name, function, given)
        case Literal(value=None):
            return NOTHING
        case Super():
            return Unknown("it comes from `super()`")
    escape.of_all(machine, given, "a function that is not known")
    reason = function.reason if isinstance(function, Unknown) and function.reason else ""
    return Unknown(reason or "it comes from a function that is not known")


def _with_partial(
    given: Given, first: tuple[Value, ...], words: tuple[tuple[str, Value], ...]
) -> Given:
    positional = tuple(Argument(value, given.span) for value in first)
    keywords = {name: Argument(value, given.span) for name, value in words}
    return Given(
        given.span,
        positional + given.positional,
        keywords | dict(given.keywords),
        given.rest,
        given.more,
    )


def _by_operator(machine: Machine, function: Thing, given: Given) -> Value:
    """What a function of ``attrgetter``, ``itemgetter`` or ``methodcaller`` gives."""
    arguments = function.get("arguments")
    listed = arguments.items if isinstance(arguments, Tuple) else ()
    if given.first is None or not listed:
        return DATA
    subject, span = given.first.value, given.span
    if function.type == "operator.methodcaller":
        rest = tuple(Argument(value, span) for value in listed[1:])
        return machine.call(_attributes(machine, subject, listed[0], span), Given(span, rest))
    if function.type == "operator.attrgetter":
        found = [_attributes(machine, subject, name, span) for name in listed]
    else:
        found = [collections_.subscript(machine, subject, key, span) for key in listed]
    return found[0] if len(found) == 1 else Tuple(tuple(found))


def _attributes(machine: Machine, value: Value, name: Value, span: Span) -> Value:
    """An attribute, or one of an attribute, as ``"owner.name"`` says."""
    known_name = name.exact if isinstance(name, Text) else None
    names = [name] if known_name is None else [Text((n,)) for n in known_name.split(".")]
    for one in names:
        stated = (Argument(value, span), Argument(one, span))
        value = known.TABLE["builtins.getattr"](machine, Given(span, stated))
    return value


def _call_function(machine: Machine, function: Function, given: Given) -> Value:
    owner = machine.functions.get(function)
    model = machine.libraries.own.get(_qualified(function))
    if model is not None:
        receiver: Value = NONE
        if owner is not None and given.first is not None and machine.kind_of(function) != "static":
            receiver, given = given.first.value, given.without_first()
        return apply_model(machine, model, function.code.qualname, receiver, given)
    return machine.run(function, _bound_arguments(machine, function, given), owner)


def _qualified(value: Function | Class) -> str:
    return f"{value.code.module.name}.{value.code.qualname}"


def _bound_arguments(machine: Machine, function: Function, given: Given) -> tuple[Value, ...]:
    """A value for each parameter of a function."""
    positional = list(given.positional)
    left = dict(given.keywords)
    values: list[Value] = []
    for parameter in function.code.parameters:
        if parameter.kind == "positional":
            argument = positional.pop(0) if positional else left.pop(parameter.name, None)
            values.append(_parameter(machine, function, parameter, argument, given))
        elif parameter.kind == "keyword":
            argument = left.pop(parameter.name, None)
            values.append(_parameter(machine, function, parameter, argument, given))
        elif parameter.kind == "*":
            extra = [a.value for a in positional]
            positional.clear()
            open_ended = given.rest is not None
            values.append(
                Items(join([*extra, given.rest.value])) if open_ended and given.rest
                else Tuple(tuple(extra))
            )  # fmt: skip
        else:
            made = Container("dict", machine.span_of(function.code, given.span))
            for name, argument in left.items():
                collections_.put(machine, made, Text.of((name,)), argument.value)
            if given.more is not None:
                collections_.put(machine, made, DATA, given.more.value)
            values.append(made)
    return tuple(values)


def _parameter(
    machine: Machine,
    function: Function,
    parameter: Parameter,
    argument: Argument | None,
    given: Given,
) -> Value:
    if argument is not None:
        return trusted(machine, function, parameter, argument.value)
    extra = given.rest if parameter.kind == "positional" and given.rest else given.more
    default = machine.heap.read(("defaults", function), parameter.name)
    if extra is None:
        return default if default is not None else unknown_argument(machine, function, parameter)
    value = trusted(machine, function, parameter, extra.value)
    return value if default is None else join((value, default))


def trusted(machine: Machine, function: Function, parameter: Parameter, value: Value) -> Value:
    """The value; what is not known of it, its parameter's annotation says."""
    if parameter.annotation is None or not any(_is_untyped(v) for v in alternatives(value)):
        return value
    stated = unknown_argument(machine, function, parameter)
    said = alternatives(stated)
    if any(isinstance(one, Unknown) for one in said):
        return value
    keeps_text = any(isinstance(one, Text) for one in said)
    rest = [
        one
        for one in alternatives(value)
        if not _is_untyped(one) or (keeps_text and isinstance(one, Text))
    ]
    return value if len(rest) == len(alternatives(value)) else join((*rest, stated))


def _is_untyped(value: Value) -> bool:
    """Whether an annotation may say more: of what is unknown, and of a setting of any type."""
    setting = isinstance(value, Text) and value.setting is not None
    return setting or value == DATA or is_unknown(value)


def unknown_argument(machine: Machine, function: Function, parameter: Parameter) -> Value:
    """What a parameter holds when nobody knows the caller: what its annotation says."""
    code = function.code
    if parameter.kind == "**":
        made = Container("dict", code.name_span)
        collections_.put(machine, made, DATA, _by_annotation(machine, function, parameter))
        return made
    value = _by_annotation(machine, function, parameter)
    return Items(value) if parameter.kind == "*" else value


def _by_annotation(machine: Machine, function: Function, parameter: Parameter) -> Value:
    code = function.code
    if parameter.annotation is None:
        if parameter.default is not None:
            default = machine.heap.read(("defaults", function), parameter.name)
            if default is not None and default != NONE:
                return join((default, Unknown(_no_annotation(parameter))))
        return Unknown(_no_annotation(parameter))
    frame = Frame(code.module, code.qualname, code, scope=function.scope)
    try:
        return machine.annotated(parameter.annotation, frame)
    except RecursionError:  # an annotation may call the very function
        machine.too_deep(code.module, parameter.annotation)
        return Unknown("its annotation is nested too deeply")


def _no_annotation(parameter: Parameter) -> str:
    return f"`{parameter.name}` has no annotation and its callers are not all known"


def result_of(
    machine: Machine,
    frame: Frame,
    node: ast.FunctionDef | ast.AsyncFunctionDef,
    *,
    falls: bool,
) -> Value:
    """What a function gives, once its body has been run."""
    if frame.generates:
        return Items(join(frame.yields) if frame.yields else NOTHING)
    if _is_stub(node):
        if node.returns is not None:
            return machine.annotated(node.returns, frame)
        return Unknown(f"`{node.name}` has no body")
    returned = [*frame.returns, NONE] if falls else frame.returns
    value = join(returned) if returned else NOTHING
    if node.returns is not None and any(is_unknown(v) for v in alternatives(value)):
        stated = machine.annotated(node.returns, frame)
        if not any(isinstance(v, Unknown) for v in alternatives(stated)):
            return join((*(v for v in alternatives(value) if not is_unknown(v)), stated))
    return value


def _is_stub(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a body is only ``...``: what a protocol or an abstract class says of others."""
    last = node.body[-1]
    if not isinstance(last, ast.Expr) or not isinstance(last.value, ast.Constant):
        return False
    return last.value.value is Ellipsis and len(node.body) <= 2


# Construction.


def construct(machine: Machine, cls: Class, given: Given) -> Value:
    """A new object of a project's class."""
    order = members.ancestry(machine, cls)
    if machine.is_enum(order):
        return (
            DATA if given.first is None else join([v for _, v in machine.members_of(cls)] or [DATA])
        )
    model = machine.libraries.own.get(_qualified(cls))
    if model is not None:
        return apply_model(machine, model, cls.code.qualname, NONE, given)
    by_metaclass = _call_metaclass(machine, cls, order, given)
    if by_metaclass is not None:
        return by_metaclass
    own = members.in_classes(machine, order, "__new__")
    if own is not None:
        return _made_by_new(machine, cls, order, own[1], given)
    made = machine.new_object(cls, given.span)
    _initialise(machine, made, order, given)
    return made


def _call_metaclass(
    machine: Machine, cls: Class, order: tuple[Value, ...], given: Given
) -> Value | None:
    """What a metaclass of the project makes of a call of its class."""
    for base in order:
        meta = machine.heap.read(("bases", base), "metaclass") if isinstance(base, Class) else None
        for one in alternatives(meta) if meta is not None else ():
            if isinstance(one, Class):
                found = members.in_classes(machine, members.ancestry(machine, one), "__call__")
                return None if found is None else machine.call(Bound(found[1], cls), given)
    return None


def _made_by_new(
    machine: Machine, cls: Class, order: tuple[Value, ...], new: Value, given: Given
) -> Value:
    """What ``__new__`` of a class gives; an object of the class is then initialised."""
    made = machine.call(new, given.with_first(Argument(cls, given.span)))
    for one in alternatives(made):
        if isinstance(one, Object) and one.cls == cls:
            _initialise(machine, one, order, given)
    return made


def _initialise(machine: Machine, made: Object, order: tuple[Value, ...], given: Given) -> None:
    fields = machine.fields_of(made.cls, order)
    maker = members.in_classes(machine, order, "__init__")
    if maker is not None:
        machine.call(members.method(machine, made, "__init__") or NONE, given)
    elif fields:
        _fill_fields(machine, made, fields, given)
    else:
        construct_outside(machine, made, given)
    after = members.method(machine, made, "__post_init__")
    if after is not None:
        machine.call(after, Given(given.span))


def construct_outside(machine: Machine, made: Object, given: Given) -> None:
    """The constructor of a base class that is a library's, if there is one."""
    order = members.ancestry(machine, made.cls)
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
                result = apply_model(machine, model, base.path, made, given)
                machine.heap.write(made, members.BASE, result)
                return
    collection = objects.collection_of(machine, made)
    if collection is not None:
        collections_.method(machine, collection, "update", given)
        return
    for argument in given.all:
        machine.heap.write(made, "[given]", argument.value)
        escape.of(machine, argument.value, argument.span, "a base class that is not analysed")


def _construct_base(machine: Machine, made: Object, given: Given) -> None:
    """``super().__init__(…)`` of a class whose bases above are not the project's."""
    order = members.ancestry(machine, made.cls)
    of_fields = any(
        isinstance(base, External) and base.path.startswith(definitions.FIELD_BASES)
        for base in order
    )
    if of_fields:
        _fill_fields(machine, made, machine.fields_of(made.cls, order), given)
    else:
        construct_outside(machine, made, given)


def _fill_fields(
    machine: Machine, made: Object, fields: dict[str, Value | None], given: Given
) -> None:
    """The attributes that a generated ``__init__`` sets: dataclasses and the like."""
    positional = list(given.positional)
    for name, default in fields.items():
        argument = positional.pop(0) if positional else given.keywords.get(name)
        argument = argument or given.rest or given.more
        value = argument.value if argument is not None else default
        if value is not None:
            stated = None
            if any(isinstance(one, Unknown) for one in alternatives(value)):
                order = members.ancestry(machine, made.cls)
                stated = machine.declared(made.cls, order, name)
            machine.heap.write(made, name, value if stated is None else stated)


# Libraries and modelled methods.


def library_call(machine: Machine, path: str, receiver: Value, given: Given) -> LibraryCall:
    """A call as a library's file sees it."""
    return LibraryCall(
        span=given.span,
        path=path,
        positional=given.positional,
        keywords=given.keywords,
        rest=given.rest,
        more=given.more,
        receiver=receiver,
        elements=lambda value: collections_.elements(machine, value),
        entries=lambda value: collections_.entries(machine, value),
        attribute=lambda value, name: machine.attribute(value, name, given.span),
        annotation=lambda value, place: questions.annotation(machine, value, place),
        qualified=questions.qualified,
        message=questions.message,
        result=lambda value: machine.call(value, Given(given.span)),
    )


def apply_model(
    machine: Machine, model: LibraryFunction, path: str, receiver: Value, given: Given
) -> Value:
    """A call of what a library's file describes."""
    seen = library_call(machine, path, receiver, given)
    if model.effect is not None:
        for fact in model.effect(seen):
            machine.note(fact)
    if model.handler is not None:
        handler = seen.argument(*model.handler)
        if handler is not None:
            machine.call_back(handler.value, handler.span, machine.result(model.handed, seen))
    elif not model.keeps:
        for argument in given.all:
            escape.of(machine, argument.value, argument.span, f"`{path}`", callbacks_only=True)
    return machine.result(model.returns, seen)


_LOOPS = ("asyncio.", "concurrent.", "trio.", "anyio.")


def _call_thing(machine: Machine, method: ThingMethod, given: Given) -> Value:
    receiver, name = method.receiver, method.name
    if receiver.type == objects.NAMESPACE:
        return objects.call(machine, receiver, name, given)
    if receiver.type == waiting.TASK:
        return waiting.of_task(machine, receiver, name, given)
    if receiver.type.startswith(_LOOPS) and name in waiting.METHODS:
        return waiting.METHODS[name](machine, given)
    if name == "__init__" and isinstance(method.owner, Object):
        construct_outside(machine, method.owner, given)
        return NONE
    model = machine.libraries.method(receiver, name)
    path = f"{receiver.type}.{name}"
    if model is None:
        escape.of_all(machine, given, f"`{path}`")
        return DATA
    # What its constructor left says more than the project's own object, if it left anything.
    owner = None if receiver.fields else method.owner
    return apply_model(machine, model, path, owner or receiver, given)


def _call_method(machine: Machine, receiver: Value, name: str, given: Given) -> Value:
    if name == "__getattribute__" and given.first is not None:
        return known.call(machine, "builtins.getattr", given.with_first(_own(receiver, given)))
    match receiver:
        case Object():
            if machine.service_of(receiver.cls) is not None:
                return service.call(machine, receiver, name, given)
            if name == "__setattr__":
                stated = given.with_first(_own(receiver, given))
                return known.call(machine, "builtins.object.__setattr__", stated)
            if name == "__init__":
                _construct_base(machine, receiver, given)
                return NONE
            if name == "_replace" and isinstance(objects.tuple_of(machine, receiver), Tuple):
                return known.TABLE["copy.replace"](machine, given.with_first(_own(receiver, given)))
            if name in _HARMLESS:
                return DATA
            escape.of_all(machine, given, f"`{name}` of a base class that is not analysed")
            return Unknown(f"`{name}` is a method of a base class that is not analysed")
        case Container():
            return collections_.method(machine, receiver, name, given)
        case MessageClass(name=own, struct=struct):
            made = name in ("create", "from_tlv", "from_json", "from_frame", "view", "__new__")
            return MessageValue(own, given.span, struct) if made else DATA
        case Text() | Plain(type="str"):
            return strings.method(machine, receiver, name, given)
        case Amount():
            return reckoning.amount_method(machine, receiver, name, given)
        case Generated():
            return reckoning.constant_method(machine, receiver, name, given)
        case MessageValue() if name.startswith("to_"):
            return Thing("message.encoded", (("message", receiver),))
        case Class() if name == "_make" and given.first is not None:
            whole = given.first.value
            items = whole.items if isinstance(whole, Tuple) else ()
            rest = None if items else Argument(collections_.elements(machine, whole), given.span)
            listed = tuple(Argument(item, given.span) for item in items)
            return construct(machine, receiver, Given(given.span, listed, rest=rest))
        case MessageValue() | Class():
            escape.of_all(machine, given, f"`{name}`")
            return DATA
        case Items(item=item):
            return item if name in ("__next__", "__anext__", "send", "asend") else DATA
    return DATA


def _own(receiver: Value, given: Given) -> Argument:
    """The object of a method as an argument of a function that does the same."""
    return Argument(receiver, given.span)


_HARMLESS = frozenset(
    [
        "__init_subclass__",
        "__repr__",
        "__str__",
        "__eq__",
        "__hash__",
        "__enter__",
        "__exit__",
        "__aenter__",
        "__aexit__",
        "__del__",
        "__setattr__",
        "__new__",
        "__post_init__",
    ]
)


def _call_generated(machine: Machine, function: Generated, given: Given) -> Value:
    own = machine.contracts.service_of(function)
    if own is not None:
        return Thing("mycelium.Service", (("service", Text.of((own,))),))
    name = function.path.rpartition(".")[2]
    if name == "decode_frame":
        return Unknown("`decode_frame` gives whatever message the frame carries")
    made = machine.contracts.instance(function)
    return made if isinstance(made, Amount) else DATA
