"""The service writer."""
