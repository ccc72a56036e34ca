"""What service code does, read off its syntax by abstract interpretation: frozen facts."""
