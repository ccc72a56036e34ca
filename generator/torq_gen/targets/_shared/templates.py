"""Templates: they loop and place; what they place was decided before."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment


@cache
def environment(target: str) -> Environment:
    """The templates of one target; an undefined name is an error."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader(f"torq_gen.targets.{target}"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
        auto_reload=False,
    )


def fill(target: str, template: str, **values: object) -> bytes:
    """A file of a target from one of its templates."""
    return environment(target).get_template(template).render(values).encode()
