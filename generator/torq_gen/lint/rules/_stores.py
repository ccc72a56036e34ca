"""What the store rules share: each access of a service, judged against its part of the stores.

A store without ``keys`` and ``tables`` is the service's as a whole. Of several stores of one kind,
any may allow the access. What the service reads in its own folder is its own data, and no store. A
file that another service has or writes is `shared-file`'s.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import TypeAlias

from torq_gen.diagnostics import Span
from torq_gen.immutable import immutable
from torq_gen.lint.facts.model import Access, FileAccess, KeyAccess, TableAccess, Unproven
from torq_gen.lint.facts.stores.kinds import FILES, SQL, serves
from torq_gen.lint.facts.stores.patterns import Fit, fit, fit_path
from torq_gen.lint.facts.text import Text
from torq_gen.lint.rules._owners import other_owner
from torq_gen.lint.view import ServiceView
from torq_gen.model import Authority, Service, StoreAccess, System

Part: TypeAlias = "Text | str | Unproven"

_UNANCHORED = "no part of it is constant"
_PARTLY = "it can be one that is declared, and one that is not"


class Verdict(Enum):
    """What is to be said about an access."""

    DECLARED = "declared"
    ANOTHERS = "another service's file"
    NO_STORE = "no store of the kind"
    OUTSIDE = "outside of the declared part"
    UNAUTHORISED = "without authority"
    UNPROVABLE = "unprovable"


@immutable
class Touch:
    """A place in code that accesses a part of a store: a key, a table, a file."""

    span: Span
    kind: str
    noun: str
    part: Part

    @property
    def named(self) -> str:
        """The part in a sentence: ``the key pool:{}``."""
        return (
            f"a {self.noun}" if isinstance(self.part, Unproven) else f"the {self.noun} {self.part}"
        )

    @property
    def pattern(self) -> str:
        """The part as system.yaml would declare it; the code when nobody can tell."""
        if isinstance(self.part, Unproven):
            return self.part.expression
        if isinstance(self.part, str):
            return self.part
        return _path_pattern(self.part) if self.noun == "file" else self.part.template


def _path_pattern(path: Text) -> str:
    """A setting alone by its name; otherwise ``*`` for each hole, without a folder that is one."""
    if path.setting:
        return str(path)
    shown = "".join(part if isinstance(part, str) else "*" for part in path.parts)
    return shown.removeprefix("*/")


@immutable
class Judged:
    """An access and what is to be said about it.

    ``how`` is what is done there and allowed to nobody by the entries in ``entries``: all that is
    done, but for UNAUTHORISED. ``reason`` is the end of a sentence for UNPROVABLE.
    """

    touch: Touch
    verdict: Verdict
    how: tuple[Access, ...]
    entries: tuple[StoreAccess, ...] = ()
    reason: str = ""

    @property
    def does(self) -> str:
        """``reads``, ``writes``, or both."""
        return " and ".join(f"{access.value}s" for access in Access if access in self.how)


def judged(view: ServiceView) -> Iterator[Judged]:
    """Every access of the service, in the order of their places.

    Of several at one place that are judged alike, one that stands for the others speaks for them:
    ``pool:{}`` for ``pool:1``.
    """
    found = [_judge(view, touch, tuple(how)) for touch, how in touches(view).items()]
    alike: dict[object, list[Judged]] = {}
    for one in found:
        alike.setdefault(_place(one), []).append(one)
    for one in found:
        if not any(_stands_for(other, one) for other in alike[_place(one)]):
            yield one


def _place(found: Judged) -> object:
    return found.touch.span, found.touch.noun, found.touch.kind, found.verdict, found.how


def _stands_for(other: Judged, one: Judged) -> bool:
    whole, part = other.touch.part, one.touch.part
    if not isinstance(whole, Text) or not isinstance(part, Text):
        return False
    known = "\0".join(_literals(part))
    if not all(piece in known for piece in _literals(whole)):
        return False  # most: at one place there may be hundreds
    wider = fit(part, (str(whole),)) is Fit.INSIDE
    return wider and fit(whole, (str(part),)) is not Fit.INSIDE


def _literals(text: Text) -> list[str]:
    return [piece for piece in text.parts if isinstance(piece, str)]


def touches(view: ServiceView) -> dict[Touch, dict[Access, None]]:
    """What the code does at each place; reading and writing are one place."""
    found: dict[Touch, dict[Access, None]] = {}
    for key in view.of(KeyAccess):
        found.setdefault(Touch(key.span, key.kind, "key", key.key), {})[key.access] = None
    for table in view.of(TableAccess):
        touch = Touch(table.span, table.kind, "table", table.table)
        found.setdefault(touch, {})[table.access] = None
    for file in view.of(FileAccess):
        if not _own_data(view.service, file):
            touch = Touch(file.span, FILES, "file", file.path)
            found.setdefault(touch, {})[file.access] = None
    return found


def _own_data(service: Service, file: FileAccess) -> bool:
    inside = isinstance(file.path, Text) and file.path.prefix.startswith(f"{service.path}/")
    return inside and file.access is Access.READ


def _judge(view: ServiceView, touch: Touch, how: tuple[Access, ...]) -> Judged:
    entries = entries_of(view.system, view.service, touch.kind)
    if touch.noun == "file" and _of_another(view, touch, entries):
        return Judged(touch, Verdict.ANOTHERS, how)
    if not entries:
        return Judged(touch, Verdict.NO_STORE, how)
    fits = {entry.store: covers(entry, touch) for entry in entries}
    inside = tuple(e for e in entries if fits[e.store] is Fit.INSIDE)
    if inside:
        missing = tuple(a for a in how if not any(allows(e.authority, a) for e in inside))
        verdict = Verdict.UNAUTHORISED if missing else Verdict.DECLARED
        return Judged(touch, verdict, missing or how, inside)
    if isinstance(touch.part, Unproven):
        return Judged(touch, Verdict.UNPROVABLE, how, entries, touch.part.reason)
    if touch.noun == "file" and isinstance(touch.part, Text) and touch.part.setting:
        return Judged(touch, Verdict.OUTSIDE, how, entries)
    if isinstance(touch.part, Text) and not touch.part.anchored:
        return Judged(touch, Verdict.UNPROVABLE, how, entries, _UNANCHORED)
    if Fit.PARTLY in fits.values():
        return Judged(touch, Verdict.UNPROVABLE, how, entries, _PARTLY)
    return Judged(touch, Verdict.OUTSIDE, how, entries)


def _of_another(view: ServiceView, touch: Touch, own: tuple[StoreAccess, ...]) -> bool:
    """Whether a file stands in another service's folder, or only others declare and write it."""
    if not isinstance(touch.part, Text) or any(covers(e, touch) is Fit.INSIDE for e in own):
        return False
    if other_owner(view, touch.part.prefix.removeprefix("./")) is not None:
        return True
    others = (s for s in view.system.services.values() if s.name != view.service.name)
    entries = (e for s in others for e in entries_of(view.system, s, FILES))
    written = (e.keys for e in entries if e.authority.writes)
    return any(fit_path(touch.part, keys) is Fit.INSIDE for keys in written)


def entries_of(system: System, service: Service, kind: str) -> tuple[StoreAccess, ...]:
    """A service's entries for stores of a kind."""
    return tuple(e for e in service.stores if serves(system.stores[e.store].kind, kind))


def covers(entry: StoreAccess, touch: Touch) -> Fit:
    """How the part that is accessed lies to the part of the store that an entry declares."""
    if not entry.keys and not entry.tables:
        return Fit.INSIDE
    if isinstance(touch.part, Unproven):
        return Fit.PARTLY
    if isinstance(touch.part, Text):
        return (fit_path if touch.noun == "file" else fit)(touch.part, entry.keys)
    names = {name for declared in entry.tables for name in _spellings(declared)}
    return Fit.INSIDE if touch.part in names else Fit.OUTSIDE


def _spellings(declared: str) -> tuple[str, str]:
    """How facts may name a declared table: as it stands, or in small letters."""
    name = declared.replace('"', "").removeprefix("public.").removeprefix("main.")
    return name, name.lower()


def allows(authority: Authority, access: Access) -> bool:
    """Whether an authority goes as far as an access."""
    return authority.reads if access is Access.READ else authority.writes


def how_to_mend(view: ServiceView, found: Judged, declare: str) -> str:
    """What can be done about an access: ``declare`` it, or do without.

    Where another service writes the part already, a second writer has to be agreed upon.
    """
    names = _who_may(view, found)
    if not names:
        return f"{declare} in system.yaml (--accept-into-spec), or take the access out"
    listed = " and ".join(names) if len(names) < 3 else f"{', '.join(names[:2])} and others"
    owned = f"{listed} {'has' if len(names) == 1 else 'have'} authority over {found.touch.part}"
    if Access.WRITE in found.how:
        shared = f"with `writers: shared` there and in that of {listed}"
        return f"take the access out: {owned}; or {declare} in system.yaml, {shared}"
    return f"{declare} in system.yaml (--accept-into-spec), or take the access out; {owned}"


def _who_may(view: ServiceView, found: Judged) -> list[str]:
    """The other services that may do it."""
    if isinstance(found.touch.part, Unproven):
        return []
    others = (s for s in view.system.services.values() if s.name != view.service.name)
    return [s.name for s in others if _may(view.system, s, found)]


def _may(system: System, service: Service, found: Judged) -> bool:
    entries = entries_of(system, service, found.touch.kind)
    fitting = [e for e in entries if covers(e, found.touch) is Fit.INSIDE]
    return all(any(allows(e.authority, a) for e in fitting) for a in found.how)


def subject(view: ServiceView, found: Judged) -> str:
    """What the finding is about, for the baseline and for accepting it into the spec."""
    verb = "_".join(access.value for access in Access if access in found.how)
    return f"{verb} {store_of(view, found)} {found.touch.noun} {found.touch.pattern}".strip()


def store_of(view: ServiceView, found: Judged) -> str:
    """The store's name: the service's, else the system's only one of the kind, else the kind."""
    if found.entries:
        return found.entries[0].store
    kind = found.touch.kind
    names = [s.name for s in view.system.stores.values() if serves(s.kind, kind)]
    return names[0] if len(names) == 1 else kind


def kind_of(found: Judged) -> str:
    """The kind of store in a sentence."""
    return "of tables" if found.touch.kind == SQL else f"of kind {found.touch.kind}"


def section(found: Judged) -> str:
    """The key of a store's entry in system.yaml under which such parts stand."""
    return "tables" if found.touch.noun == "table" else "keys"
