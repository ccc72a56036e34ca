"""The service ticker."""
