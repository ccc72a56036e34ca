"""The service reader."""
