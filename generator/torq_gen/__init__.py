"""Generates typed messages, codecs, tests and services from a spec, and checks code against it."""

__version__ = "0.1.0"
