"""The runtime that generated messages and services run on."""
