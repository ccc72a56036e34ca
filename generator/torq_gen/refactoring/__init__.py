"""Changes of a project that a person asks for by name: what is added, and what is renamed; pure."""
