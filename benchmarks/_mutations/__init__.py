"""Changes of the reference services, breaking ones and harmless ones, and what check says of them."""
