"""Traces across services: OpenTelemetry spans, carried from publisher to handler.

Only `mycelium.tracing.context` is needed to read what a frame carries; the other modules need
opentelemetry-api, and exporting its SDK.
"""
