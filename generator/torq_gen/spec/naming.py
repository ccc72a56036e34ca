"""Which names may be used, and what to use instead of one that may not."""

from __future__ import annotations

import keyword
import re
from functools import cache
from typing import NamedTuple

from torq_gen.model.names import LIFE_CYCLE, handler_name, snake_case
from torq_gen.rule import Rule
from torq_gen.spec import rules
from torq_gen.spec.words import (
    CLASS_BODY,
    DOMAIN_MODULES,
    GENERATED,
    INSTEAD,
    KEYWORDS,
    MESSAGE_API,
    TAKEN_PACKAGES,
)

_SNAKE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_PASCAL = re.compile(r"[A-Z][A-Za-z0-9]*")
_UPPER = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*")
_WORDS = re.compile(r"[A-Za-z0-9]+")
_UNNAMED_FIXED = re.compile(r"fixed\d+(?:[ui]\d+)?", re.IGNORECASE)
MAX_LENGTH = 48  # generated lines stay readable, and as short as formatters want them
MAX_TYPE_LENGTH = 32


class NameProblem(NamedTuple):
    """Why a name cannot stay, and what could stand there."""

    rule: Rule
    message: str
    help: str


@cache
def keyword_of(name: str) -> tuple[str, ...]:
    """The languages that have the name as a keyword."""
    found = ["Python"] if keyword.iskeyword(name) or keyword.issoftkeyword(name) else []
    return (*found, *(lang for lang, words in KEYWORDS.items() if name in words))


@cache
def field_problem(name: str) -> NameProblem | None:
    """What is wrong with a field's name, as far as ``python_name`` cannot mend it."""
    return _form(name, "field", _SNAKE, "snake_case", as_snake(name))


@cache
def attribute_problem(name: str) -> NameProblem | None:
    """What is wrong with a name as attribute of a generated message."""
    instead = INSTEAD.get(name, f"{name}_value")
    help = f"call it '{instead}', or keep it and give python_name: {instead}"
    if languages := keyword_of(name):
        where = " and ".join(languages) if len(languages) < 3 else ", ".join(languages)
        return NameProblem(rules.RESERVED_NAME, f"'{name}' is a keyword in {where}", help)
    if name in MESSAGE_API:
        message = f"'{name}' is a public name of every generated message"
        return NameProblem(rules.RESERVED_NAME, message, help)
    if name in CLASS_BODY:
        message = f"'{name}' is a name that the generated class itself needs"
        return NameProblem(rules.RESERVED_NAME, message, help)
    return None


def python_name_problem(name: str) -> NameProblem | None:
    """What is wrong with a ``python_name``."""
    return _form(name, "python_name", _SNAKE, "snake_case", as_snake(name)) or attribute_problem(
        name
    )


def message_problem(name: str) -> NameProblem | None:
    """What is wrong with a message's name."""
    if problem := type_problem(name, "message"):
        return problem
    if (handler := handler_name(name)) in LIFE_CYCLE:
        message = f"the handler of '{name}' would be {handler}, a life-cycle method"
        return NameProblem(rules.RESERVED_NAME, message, f"call it '{name}Requested'")
    return None


def type_problem(name: str, what: str = "type") -> NameProblem | None:
    """What is wrong with a named type's name."""
    longest = MAX_TYPE_LENGTH if what == "type" else MAX_LENGTH
    if problem := _form(name, what, _PASCAL, "PascalCase", as_pascal(name), longest):
        return problem
    if name in GENERATED or _is_builtin(name) or _UNNAMED_FIXED.fullmatch(name):
        message = f"'{name}' is a name that generated modules use"
        suffix = "Event" if what == "message" else "Kind"
        return NameProblem(rules.RESERVED_NAME, message, f"call it '{name}{suffix}'")
    return None


def domain_problem(name: str) -> NameProblem | None:
    """What is wrong with a domain's name: it is the module of its messages and of their tests."""
    if problem := type_problem(name, "domain"):
        return problem
    module = snake_case(name)
    if keyword.iskeyword(module) or module in DOMAIN_MODULES:
        message = f"the module of the messages of '{name}' would be {module}.py, which cannot be"
        return NameProblem(rules.RESERVED_NAME, message, f"call it '{name}Domain'")
    return None


def enum_value_problem(name: str) -> NameProblem | None:
    """What is wrong with the name of an enum's value."""
    suggestion = as_snake(name).upper()
    return _form(name, "enum value", _UPPER, "UPPER_SNAKE_CASE", suggestion)


def service_problem(name: str) -> NameProblem | None:
    """What is wrong with a service's name: it is a Python package and a class."""
    if problem := _form(name, "service", _SNAKE, "snake_case", as_snake(name)):
        return problem
    if languages := keyword_of(name):
        message = f"'{name}' is a keyword in {', '.join(languages)}"
        return NameProblem(rules.RESERVED_NAME, message, f"call it '{name}_service'")
    return None


def package_problem(name: str) -> NameProblem | None:
    """What is wrong with the name of the generated package."""
    import sys

    snake = as_snake(name)
    suggestion = f"call it '{snake if snake.endswith('contracts') else f'{snake}_contracts'}'"
    if len(name) > MAX_LENGTH:
        suggestion = "shorten it"
    if not _SNAKE.fullmatch(name) or keyword.iskeyword(name) or len(name) > MAX_LENGTH:
        message = f"expected an importable package name in snake_case, found '{name}'"
        return NameProblem(rules.WRONG_PACKAGE, message, suggestion)
    if name in sys.stdlib_module_names or name in TAKEN_PACKAGES:
        message = f"'{name}' is the name of another package, which it would hide"
        return NameProblem(rules.WRONG_PACKAGE, message, suggestion)
    return None


def as_snake(name: str) -> str:
    """The nearest snake_case name."""
    words = [snake_case(w) for w in _WORDS.findall(name)]
    text = re.sub(r"_+", "_", "_".join(words)).strip("_") or "name"
    return text if text[0].isalpha() else f"n{text}"


def as_pascal(name: str) -> str:
    """The nearest PascalCase name."""
    words = [w[:1].upper() + w[1:] for w in _WORDS.findall(name)]
    text = "".join(words) or "Name"
    return text if text[0].isalpha() else f"N{text}"


def _form(
    name: str,
    what: str,
    form: re.Pattern[str],
    style: str,
    suggestion: str,
    longest: int = MAX_LENGTH,
) -> NameProblem | None:
    if len(name) > longest:
        message = f"expected a {what} name of at most {longest} characters, found {len(name)}"
        return NameProblem(rules.WRONG_NAME, message, "shorten it")
    if form.fullmatch(name):
        return None
    article = "an" if what[0] in "aeiou" else "a"
    message = f"expected {article} {what} name in {style}, found '{name}'"
    return NameProblem(rules.WRONG_NAME, message, f"call it '{suggestion}'")


def _is_builtin(name: str) -> bool:
    import builtins

    return hasattr(builtins, name)
