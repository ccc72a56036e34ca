"""Appends every frame of market data and signals to a file for inspect and replay."""
