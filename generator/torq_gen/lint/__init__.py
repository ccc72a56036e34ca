"""Proves that service code does what the spec declares."""
