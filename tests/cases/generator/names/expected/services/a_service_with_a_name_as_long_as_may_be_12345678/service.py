"""Quotes " and '; a backslash \\ and \"\"\"three\"\"\" of them."""

from __future__ import annotations

from names_contracts.services import AServiceWithANameAsLongAsMayBe12345678Base


class AServiceWithANameAsLongAsMayBe12345678(
    AServiceWithANameAsLongAsMayBe12345678Base,
):
    """Write the service's logic here; this file is yours and never generated again."""
