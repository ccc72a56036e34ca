"""Rules that fields name."""
