"""A new project: from a template, from AsyncAPI, from protobuf. Nothing here writes to disk."""
