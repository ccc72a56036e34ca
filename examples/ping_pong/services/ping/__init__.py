"""Serves, and measures."""
