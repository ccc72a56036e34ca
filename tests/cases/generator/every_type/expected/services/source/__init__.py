"""The service source."""
