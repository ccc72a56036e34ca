"""Code that is made while the program runs, and ways to change code that is not one's own.

`pickle` and its kin belong here: what they load names the functions that are called.
"""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.lint.facts import values
from torq_gen.lint.facts.library import Call, Function, Library, Type
from torq_gen.lint.facts.model import DynamicCode, Fact, Import, Unproven
from torq_gen.lint.facts.outside.effects import each, running, texts
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import (
    DATA,
    BaseMethod,
    Bound,
    External,
    Generated,
    Module,
    Object,
    Partial,
    Thing,
    ThingMethod,
    Value,
)

COMPUTED_IMPORT = "a computed import"


def _imports(call: Call) -> Iterator[Fact]:
    """A constant name is an import like any other, which the analysis sees itself."""
    argument = call.argument(0, "name")
    if argument is None:
        return
    for name in texts(argument.value):
        if isinstance(name, Unproven) or name.exact is None:
            yield DynamicCode(call.span, COMPUTED_IMPORT)
            return


def _module_read(call: Call) -> Iterator[Fact]:
    """``sys.modules["name"]`` is an import of what somebody else has imported."""
    argument = call.argument(0, "key")
    for name in texts(argument.value) if argument is not None else ():
        if not isinstance(name, Unproven) and name.exact:
            yield Import(call.span, name.exact)
        else:
            yield DynamicCode(call.span, "a module of sys.modules by a computed name")


def _names_of(call: Call) -> Value:
    """``vars(x)``: of a module or a library's class it is a way to patch that."""
    owner = call.argument(0, "object")
    of = alternatives(owner.value) if owner is not None else ()
    foreign = any(isinstance(one, External | Module | Generated) for one in of)
    return Thing(_NAMESPACE.name) if foreign else DATA


def _named(*paths: str) -> dict[str, Function]:
    return {path: Function(running(path.removeprefix("builtins."))) for path in paths}


def _changing(what: str, *methods: str) -> dict[str, Function]:
    return each(methods, Function(running(f"a change of {what}")))


_CALLABLE = (values.Function, Bound, Partial, BaseMethod, ThingMethod, Object)


def _timed(call: Call) -> Iterator[Fact]:
    """``timeit`` runs text; a function that it is given is called like any other."""
    for name, position in (("stmt", 0), ("setup", 1)):
        argument = call.argument(position, name)
        for one in alternatives(argument.value) if argument is not None else ():
            if not isinstance(one, _CALLABLE):
                yield DynamicCode(call.span, call.path)
                return


def _chosen(call: Call) -> Value:
    """Of entry points, one of a name, or all of a group."""
    return join((Thing(_ENTRY_POINT.name), Thing(_ENTRY_POINTS.name)))


_LIST = ("append", "insert", "extend", "remove", "__setitem__", "__delitem__", "__iadd__")
_MAP = ("__setitem__", "__delitem__", "update", "setdefault", "pop", "clear")
_SEARCH_PATH = Type("dynamic.SearchPath", methods=_changing("sys.path", *_LIST))
_HOOKS = Type("dynamic.ImportHooks", methods=_changing("the import hooks", *_LIST))
_MODULES = Type(
    "dynamic.Modules",
    methods={
        **_changing("sys.modules", *_MAP),
        "__getitem__": Function(_module_read),
        "get": Function(_module_read),
    },
)
_NAMESPACE = Type("dynamic.Namespace", methods=_changing("the names of a module", *_MAP))
_ENTRY_POINT = Type(
    "dynamic.EntryPoint",
    annotations=("importlib.metadata.EntryPoint",),
    methods={"load": Function(running("what a package registered as an entry point"))},
)
_ENTRY_POINTS = Type(
    "dynamic.EntryPoints",
    annotations=("importlib.metadata.EntryPoints",),
    methods={
        **each(("select", "get", "values"), Function(None, "dynamic.EntryPoints")),
        "__getitem__": Function(None, _chosen),
    },
    item=lambda call: Thing(_ENTRY_POINT.name),
)
_PATCH = Function(running("a patch"))
_SPEC = Function(running("a module loaded from a file"))

LIBRARY = Library(
    "dynamic",
    (
        "builtins",
        "importlib",
        "imp",
        "bdb",
        "rlcompleter",
        "sys",
        "gc",
        "runpy",
        "code",
        "codeop",
        "types",
        "pickle",
        "_pickle",
        "shelve",
        "unittest",
        "zipimport",
        "inspect",
        "timeit",
        "pydoc",
        "pkgutil",
        "cProfile",
        "profile",
        "pdb",
        "doctest",
        "marshal",
        "site",
        "trace",
    ),
    {
        **_named("builtins.eval", "builtins.exec", "builtins.compile"),
        "builtins.vars": Function(None, _names_of),
        "builtins.__import__": Function(_imports),
        "importlib.import_module": Function(_imports),
        "importlib.__import__": Function(_imports),
        "importlib.reload": Function(running("a module loaded again")),
        **each(
            ("util.spec_from_file_location", "util.spec_from_loader", "util.module_from_spec"),
            _SPEC,
            "importlib.",
        ),
        **each(
            ("SourceFileLoader", "SourcelessFileLoader", "ExtensionFileLoader"),
            _SPEC,
            "importlib.machinery.",
        ),
        **each(("load_source", "load_module", "load_dynamic"), _SPEC, "imp."),
        "zipimport.zipimporter": _SPEC,
        **_named("runpy.run_module", "runpy.run_path"),
        **_named("code.InteractiveConsole", "code.InteractiveInterpreter", "code.interact"),
        **_named("codeop.compile_command", "types.FunctionType", "types.CodeType"),
        **_named("pickle.load", "pickle.loads", "pickle.Unpickler"),
        **_named("_pickle.load", "_pickle.loads", "_pickle.Unpickler"),
        **_named("shelve.open", "shelve.Shelf", "shelve.BsdDbShelf", "shelve.DbfilenameShelf"),
        **_named("bdb.Bdb", "pdb.Pdb", "pdb.runcall", "doctest.testfile", "doctest.DocTestRunner"),
        **_named("rlcompleter.Completer", "unittest.main", "unittest.TestLoader"),
        "importlib.metadata.entry_points": Function(None, _ENTRY_POINTS.name),
        "importlib.metadata.EntryPoint": Function(None, _ENTRY_POINT.name),
        **each(("timeit", "repeat", "Timer"), Function(_timed), "timeit."),
        **_named("pydoc.locate", "pydoc.safeimport", "pydoc.importfile", "pydoc.resolve"),
        **_named("pkgutil.resolve_name", "pkgutil.find_loader", "pkgutil.get_loader"),
        **_named("cProfile.run", "cProfile.runctx", "profile.run", "profile.runctx"),
        **_named("pdb.run", "pdb.runeval", "doctest.run_docstring_examples", "doctest.testmod"),
        **_named("marshal.load", "marshal.loads", "site.addsitedir", "trace.Trace"),
        **_named("builtins.breakpoint", "pdb.set_trace"),
        **_named("gc.get_objects", "gc.get_referrers", "gc.get_referents"),
        **_named("sys._getframe", "sys._current_frames", "sys.settrace", "sys.setprofile"),
        **_named("inspect.currentframe", "inspect.stack", "inspect.trace"),
        **_named("inspect.getclosurevars", "inspect.getgeneratorlocals"),
        **_named("inspect.getcoroutinelocals", "inspect.getasyncgenlocals"),
        **_named("inspect.getouterframes", "inspect.getinnerframes"),
        **each(("patch", "patch.object", "patch.dict", "patch.multiple"), _PATCH, "unittest.mock."),
    },
    (_SEARCH_PATH, _HOOKS, _MODULES, _NAMESPACE, _ENTRY_POINT, _ENTRY_POINTS),
    values={
        "sys.path": Thing(_SEARCH_PATH.name),
        "sys.modules": Thing(_MODULES.name),
        "sys.meta_path": Thing(_HOOKS.name),
        "sys.path_hooks": Thing(_HOOKS.name),
    },
)
