"""Changes of the reference services, breaking and harmless, and what the linter says of them."""
