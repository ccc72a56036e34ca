"""Services and messages as a graph, the whole or a part of it, in text formats; pure."""
