"""What descriptions of libraries share about the world outside: addresses, paths, effects."""
