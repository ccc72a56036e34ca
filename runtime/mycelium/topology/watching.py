"""What a topology says about watching its processes: monitors, traces, logs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

MonitorMode: TypeAlias = Literal["off", "observe", "enforce"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitoring:
    """What becomes of broken promises; ``modes`` are those of single ones, by service and id.

    Each monitor remembers ``limit`` keys.
    """

    mode: MonitorMode = "off"
    modes: Mapping[tuple[str, str], MonitorMode] = field(default_factory=dict)
    limit: int = 10_000

    @property
    def on(self) -> bool:
        """Whether anything is watched."""
        return self.mode != "off" or any(mode != "off" for mode in self.modes.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracing:
    """Where spans go; ``sample`` is the share of the traces begun here that are kept, 0 to 1."""

    export: Literal["otlp", "console", "program"] = "otlp"
    endpoint: str = ""
    sample: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Logs:
    """How a process logs; ``auto`` is text on a terminal, else JSON."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["auto", "json", "text"] = "auto"
