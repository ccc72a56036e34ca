"""Turns the pool logs of Polygon and other EVM chains into normalised messages."""
