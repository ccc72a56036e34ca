"""Files of settings: TOML and INI. What stands in one is known by the names that lead to it."""

from __future__ import annotations

from torq_gen.lint.facts import settings
from torq_gen.lint.facts.library import Call, Function, Library, Type
from torq_gen.lint.facts.outside.effects import each
from torq_gen.lint.facts.outside.paths import READ, touching_each
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import ANY_TEXT, DATA, Items, Plain, Tuple, Value

_INI = "settings.Ini"


def of_open_file(call: Call) -> Value:
    """What is read from a file that is open; of other text nobody knows where it comes from."""
    is_file = settings.is_open_file(_value(call, 0, "stream", "fp", "f"))
    return settings.read(call.span) if is_file else DATA


def _value(call: Call, place: int, *names: str) -> Value:
    argument = call.argument(place, *names)
    return DATA if argument is None else argument.value


def entry(call: Call) -> Value:
    """What ``[name]`` and ``get(name, default)`` give."""
    return settings.of(_value(call, 0, "key"), call.argument(1, "default"))


def _option(call: Call) -> Value:
    """``parser.get(section, option)``."""
    option, instead = _value(call, 1, "option"), call.argument(None, "fallback")
    sections = alternatives(settings.of(_value(call, 0, "section")))
    named = [one.setting if isinstance(one, Text) else None for one in sections]
    return join(settings.of(option, instead, within=one) if one else DATA for one in named)


_ENTRY = Function(returns=entry)
TYPE = Type(
    settings.FILE,
    methods={
        **each(("__getitem__", "get", "pop"), _ENTRY),
        "setdefault": Function(returns=entry, keeps=True),
        **each(("__setitem__", "update"), Function(keeps=True)),  # the dictionary beside it has it
        "__contains__": Function(),
        "items": Function(returns=lambda call: Items(Tuple((ANY_TEXT, DATA)))),
    },
    item=lambda call: ANY_TEXT,
)

LIBRARY = Library(
    "setting files",
    ("configparser", "tomllib"),
    {
        **each(("ConfigParser", "RawConfigParser"), Function(returns=_INI), "configparser."),
        "tomllib.load": Function(returns=of_open_file),
    },
    (
        TYPE,
        Type(
            _INI,
            annotations=("configparser.ConfigParser", "configparser.RawConfigParser"),
            methods={
                "read": Function(touching_each(READ, 0, "filenames")),
                "get": Function(returns=_option),
                "getint": Function(returns=lambda call: Plain("int")),
                "getfloat": Function(returns=lambda call: Plain("float")),
                "getboolean": Function(returns=lambda call: Plain("bool")),
                "__getitem__": _ENTRY,
                "__contains__": Function(),
            },
            other=Function(passes=True),
            item=lambda call: ANY_TEXT,
        ),
    ),
)
