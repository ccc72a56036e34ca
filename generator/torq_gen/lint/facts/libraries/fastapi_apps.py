"""FastAPI and Starlette as hosts: routers of brokers may be included in their apps."""

from __future__ import annotations

from torq_gen.lint.facts.library import Function, Library, Type

_KEEPS = Function(keeps=True)
_APPS = ("fastapi.FastAPI", "fastapi.applications.FastAPI")
_ROUTERS = ("fastapi.APIRouter", "fastapi.routing.APIRouter")

LIBRARY = Library(
    "fastapi",
    ("fastapi",),
    dict.fromkeys((*_APPS, *_ROUTERS), Function(None, "fastapi.App")),
    (
        Type(
            "fastapi.App",
            annotations=(*_APPS, *_ROUTERS),
            methods={"include_router": _KEEPS, "mount": _KEEPS},
        ),
    ),
)
