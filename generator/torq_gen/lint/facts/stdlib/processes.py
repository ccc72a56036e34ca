"""Starting processes (a browser is one), and what processes share besides the bus."""

from __future__ import annotations

from torq_gen.lint.facts.library import Function, Library, Type
from torq_gen.lint.facts.outside.effects import bypassing, each, starting

_SHARED = "memory shared between processes"
_QUEUE = "a queue between processes"


def _all(prefix: str, *names: str) -> dict[str, Function]:
    return {prefix + name: Function(starting(prefix + name)) for name in names}


_VARIANTS = ("l", "le", "lp", "lpe", "v", "ve", "vp", "vpe")
_OS = (
    *("system", "popen", "fork", "forkpty", "posix_spawn", "posix_spawnp", "startfile"),
    *(f"exec{variant}" for variant in _VARIANTS),
    *(f"spawn{variant}" for variant in _VARIANTS),
)
_SUBPROCESS = ("run", "call", "check_call", "check_output", "Popen", "getoutput", "getstatusoutput")
_HOMES = ("multiprocessing.", "multiprocessing.context.")
_QUEUES = ("Queue", "JoinableQueue", "SimpleQueue", "Pipe")
_MEMORY = ("Value", "Array", "RawValue", "RawArray")

CONTEXT = Type(
    "multiprocessing.Context",
    annotations=("multiprocessing.context.BaseContext",),
    methods={
        **_all("", "Process", "Pool"),
        **each(_QUEUES, Function(bypassing(_QUEUE))),
        **each(_MEMORY, Function(bypassing(_SHARED))),
        "Manager": Function(bypassing(_SHARED)),
    },
)


def multiprocessing(home: str) -> dict[str, Function]:
    """What a package that is made like `multiprocessing` has below a prefix."""
    return {
        **_all(home, "Process", "Pool"),
        **each(_QUEUES, Function(bypassing(_QUEUE)), home),
        **each(_MEMORY, Function(bypassing(_SHARED)), home),
        home + "Manager": Function(bypassing(_SHARED)),
        home + "get_context": Function(None, CONTEXT.name),
    }


LIBRARY = Library(
    "processes",
    (
        *("subprocess", "os", "multiprocessing", "concurrent", "pty", "webbrowser"),
        *("ensurepip", "pipes", "venv"),
    ),
    {
        **_all("os.", *_OS),
        "os.mkfifo": Function(bypassing("a named pipe")),
        "os.memfd_create": Function(bypassing(_SHARED)),
        **_all("subprocess.", *_SUBPROCESS),
        **_all("pty.", "spawn", "fork"),
        **_all("", "ensurepip.bootstrap", "pipes.Template", "venv.EnvBuilder", "venv.create"),
        **_all("webbrowser.", "open", "open_new", "open_new_tab", "get"),
        **_all("concurrent.futures.", "ProcessPoolExecutor", "process.ProcessPoolExecutor"),
        **{path: function for home in _HOMES for path, function in multiprocessing(home).items()},
        **_all("multiprocessing.", "pool.Pool", "process.BaseProcess"),
        **each(_QUEUES[:3], Function(bypassing(_QUEUE)), "multiprocessing.queues."),
        **each(
            ("SharedMemory", "ShareableList"),
            Function(bypassing(_SHARED)),
            "multiprocessing.shared_memory.",
        ),
        **each(
            ("SyncManager", "BaseManager", "SharedMemoryManager"),
            Function(bypassing(_SHARED)),
            "multiprocessing.managers.",
        ),
        **each(
            (*_MEMORY, "synchronized", "copy"),
            Function(bypassing(_SHARED)),
            "multiprocessing.sharedctypes.",
        ),
        **each(
            ("Listener", "Client", "Pipe"),
            Function(bypassing("a connection between processes")),
            "multiprocessing.connection.",
        ),
    },
    (CONTEXT,),
)
