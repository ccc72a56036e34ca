"""The services of Torq, one package each."""
