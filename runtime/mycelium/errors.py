"""What can go wrong when services run: one class for each cause.

Errors about bytes and values are in `mycelium.protocol`.
"""

from __future__ import annotations

from collections.abc import Sequence


class MyceliumError(Exception):
    """The base of every error of the runtime."""


class InvalidManifestError(MyceliumError):
    """Two services share a name or an id, or a message is not in the registry."""


class UnknownServiceError(MyceliumError):
    """No service of the system has this name."""


class UnknownProcessError(MyceliumError):
    """No process of the topology has this name, or none was named and there are several."""


class UndeclaredPublishError(MyceliumError):
    """A service publishes a message that its spec does not declare."""

    def __init__(self, service: str, message: str, declared: Sequence[str]) -> None:
        super().__init__(service, message, tuple(declared))
        self.service = service
        self.message = message
        self.declared = tuple(declared)

    def __str__(self) -> str:
        declared = ", ".join(self.declared) or "nothing"
        return f"{self.service} publishes {self.message}, which it does not declare ({declared})"


class BrokenPromiseError(MyceliumError):
    """A message would break an enforced promise of its service; nobody got it."""

    def __init__(self, service: str, message: str, promise: str, found: str) -> None:
        super().__init__(service, message, promise, found)
        self.service = service
        self.message = message
        self.promise = promise
        self.found = found

    def __str__(self) -> str:
        return f"{self.service} publishes {self.message}, which breaks {self.promise}: {self.found}"


class UnknownPromiseError(MyceliumError):
    """A service gives no promise of this name."""


class NotRunningError(MyceliumError):
    """A service that no bus runs, or runs no longer, publishes or spawns."""


class NoMessageInHandError(MyceliumError):
    """The envelope was asked for outside of a message's handler."""


class MailboxFullError(MyceliumError):
    """Subscribers that say ``on_full: fail`` had no room; all others got the message."""

    def __init__(self, service: str, message: str, subscribers: Sequence[str]) -> None:
        super().__init__(service, message, tuple(subscribers))
        self.service = service
        self.message = message
        self.subscribers = tuple(subscribers)

    def __str__(self) -> str:
        full = ", ".join(self.subscribers)
        return f"{self.service} publishes {self.message}: no room in the mailbox of {full}"


class HandlerExitedError(MyceliumError):
    """A service's code tried to end the process; only the service is ended."""


class HandlerCancelledError(MyceliumError):
    """A handler ended in a cancellation that nobody had asked of it."""


class AmbiguousSourceError(MyceliumError):
    """Not exactly one service publishes a message, and none was named to publish it as."""


class SourceInUseError(MyceliumError):
    """Two publishers in one process would speak as the same service."""


class StoppingError(MyceliumError):
    """The bus is being stopped and takes nothing from outside any more."""


class ServiceLoadError(MyceliumError):
    """A service's class cannot be imported, or is not what its spec says."""


class StartTimeoutError(MyceliumError):
    """Services were not ready within the start timeout."""


class TopologyError(MyceliumError):
    """A topology file that cannot be used; the text names file and, where known, line."""


class NotARecordingError(MyceliumError):
    """A file that was to be appended to holds something that is no frame."""


class RestartInVainError(MyceliumError):
    """A service meets it again when it is restarted, so it is given up at once."""


class RecordingInUseError(RestartInVainError):
    """A recording that was to be written to is being written or replayed already."""


class MissingLibraryError(MyceliumError):
    """Something optional was asked for, and the library that it needs is not installed."""

    def __init__(self, what: str, library: str) -> None:
        super().__init__(what, library)
        self.what = what
        self.library = library

    def __str__(self) -> str:
        return f"{self.what}: expected {self.library}, found none: pip install 'torq-gen[ops]'"


class HealthAddressError(MyceliumError):
    """The address for health and metrics cannot be listened at."""
