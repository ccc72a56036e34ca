"""What several targets need: layout of code, the reference encoder, sample values."""
