"""Which variables of a function hold a message, as far as it says so itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import libcst as cst

_MAKERS = ("create", "from_json", "from_tlv", "from_frame")
_GIVERS = ("expect",)  # of a service under test: the next message of that class


class Variables:
    """Follows a visitor through functions.

    ``is_class`` tells a message's class: True for one of those that are looked for, False for
    another one of the system, None for what nobody knows. So do the answers here.
    """

    def __init__(self, is_class: Callable[[cst.CSTNode], bool | None]) -> None:
        self._is_class = is_class
        self._scopes: list[dict[str, bool | None]] = []

    def enter(self, node: cst.FunctionDef | cst.Module) -> None:
        """The body of a function, or the module's, begins."""
        scope: dict[str, bool | None] = {}
        self._scopes.append(scope)
        if isinstance(node, cst.FunctionDef):
            for parameter in _parameters(node.params):
                scope[parameter.name.value] = self._annotated(parameter.annotation)
            scope |= {star.name.value: None for star in _gathered(node.params)}
        collector = _Assignments(self)
        body = node.body if isinstance(node, cst.Module) else node.body.body
        for statement in body:
            statement.visit(collector)
        for name, holds in collector.found:
            # One assignment of something else is enough to know nothing.
            scope[name] = holds if scope.get(name, holds) is holds else None

    def leave(self) -> None:
        """The innermost function ends."""
        self._scopes.pop()

    def is_message(self, node: cst.BaseExpression) -> bool | None:
        """Whether the expression is a message."""
        match node:
            case cst.Await(expression=awaited):
                return self.is_message(awaited)
            case cst.Name(value=name):
                return next((s[name] for s in reversed(self._scopes) if name in s), None)
            case cst.Call(func=cst.Attribute(value=owner, attr=cst.Name(value=maker))) if (
                maker in _MAKERS
            ):
                return self._is_class(owner)
            case cst.Call(func=cst.Attribute(attr=cst.Name(value=giver)), args=[first, *_]) if (
                giver in _GIVERS
            ):
                return self._is_class(first.value)
            case cst.Call(func=function):
                return self._is_class(function)
        return None

    def _annotated(self, annotation: cst.Annotation | None) -> bool | None:
        return self._is_class(annotation.annotation) if annotation is not None else None

    def assigned(
        self, annotation: cst.Annotation | None, value: cst.BaseExpression | None
    ) -> bool | None:
        """Whether what is assigned with that annotation is a message."""
        if annotation is not None:
            return self._annotated(annotation)
        return self.is_message(value) if value is not None else None


def _parameters(parameters: cst.Parameters) -> Sequence[cst.Param]:
    return (*parameters.posonly_params, *parameters.params, *parameters.kwonly_params)


def _gathered(parameters: cst.Parameters) -> Iterator[cst.Param]:
    """``*args`` and ``**kwargs``, which hold no message whatever their annotation says."""
    for star in (parameters.star_arg, parameters.star_kwarg):
        if isinstance(star, cst.Param):
            yield star


class _Assignments(cst.CSTVisitor):
    """The names that a function's own body binds."""

    def __init__(self, variables: Variables) -> None:
        super().__init__()
        self.variables = variables
        self.found: list[tuple[str, bool | None]] = []

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:  # noqa: N802 - libcst's name
        return False

    def visit_Assign(self, node: cst.Assign) -> None:  # noqa: N802
        for target in node.targets:
            self._bind(target.target, self.variables.is_message(node.value))

    def visit_AnnAssign(self, node: cst.AnnAssign) -> None:  # noqa: N802
        self._bind(node.target, self.variables.assigned(node.annotation, node.value))

    def visit_NamedExpr(self, node: cst.NamedExpr) -> None:  # noqa: N802
        self._bind(node.target, self.variables.is_message(node.value))

    def visit_For(self, node: cst.For) -> None:  # noqa: N802
        self._bind(node.target, None)

    def visit_CompFor(self, node: cst.CompFor) -> None:  # noqa: N802
        self._bind(node.target, None)

    def visit_Lambda(self, node: cst.Lambda) -> None:  # noqa: N802
        for parameter in (*_parameters(node.params), *_gathered(node.params)):
            self._bind(parameter.name, None)

    def visit_MatchAs(self, node: cst.MatchAs) -> None:  # noqa: N802
        if node.name is not None:
            self._bind(node.name, None)

    def visit_AsName(self, node: cst.AsName) -> None:  # noqa: N802
        self._bind(node.name, None)

    def _bind(self, target: cst.BaseExpression, holds: bool | None) -> None:
        match target:
            case cst.Name(value=name):
                self.found.append((name, holds))
            case cst.Tuple(elements=elements) | cst.List(elements=elements):
                for element in elements:
                    self._bind(element.value, None)
