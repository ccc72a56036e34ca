"""The service sink."""
