"""The service listener."""
