"""The canonical form of system.yaml and of schemas: ``torq-gen fmt``; pure.

A file is read into nodes that carry their comments, older shapes are turned into the canonical
ones, and the nodes are written anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torq_gen.formatting.positions import Position
    from torq_gen.formatting.tree import Document
    from torq_gen.model import System


class LostCommentError(Exception):
    """A comment would not survive; this is a mistake of the formatter."""


def format_system(text: str, system: System) -> str:
    """A system.yaml in canonical form; ``system`` is what it loads to.

    Raises:
        UnreadableError: the text is not what the loader accepts.
        LostCommentError: a comment would be lost.
    """
    from torq_gen.formatting.positions import SYSTEM
    from torq_gen.formatting.reading import parse
    from torq_gen.formatting.shapes import modernise

    document = parse(text)
    modernise(document.root, system)
    return _finish(document, SYSTEM)


def format_schema(text: str) -> str:
    """A schema in canonical form.

    Raises:
        UnreadableError: the text is not what the loader accepts.
        LostCommentError: a comment would be lost.
    """
    from torq_gen.formatting.positions import SCHEMA
    from torq_gen.formatting.reading import parse
    from torq_gen.formatting.schemas import shorten

    document = parse(text)
    shorten(document.root)
    return _finish(document, SCHEMA)


def _finish(document: Document, position: Position) -> str:
    from collections import Counter

    from torq_gen.formatting.ordering import close_up, sort_keys
    from torq_gen.formatting.reading import comments_of_text
    from torq_gen.formatting.writing import render

    sort_keys(document.root, position)
    close_up(document.root)
    made = render(document, position)
    if document.comments and (lost := Counter(document.comments) - Counter(comments_of_text(made))):
        raise LostCommentError(", ".join(lost))
    return made
