"""Changes of YAML files that leave every other byte as it is.

An edit is made in the text, at the places that the YAML parser gives: a file that was parsed and
written anew would lose a person's layout, even where comments survive.
"""

from __future__ import annotations

from torq_gen.editing.merging import merge
from torq_gen.editing.rendering import EachOf, Laid, Value
from torq_gen.editing.tree import EditError

__all__ = ["EachOf", "EditError", "Laid", "Value", "merge"]
