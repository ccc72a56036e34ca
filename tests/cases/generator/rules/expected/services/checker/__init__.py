"""The service checker."""
