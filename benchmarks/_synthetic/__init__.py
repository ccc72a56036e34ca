"""Systems of any size, the same one as our spec, as protobuf and as JSON Schema."""
