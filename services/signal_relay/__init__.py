"""Passes signals on, each once, and says which are worth executing."""
