"""Rules of files and YAML (TQ101 to TQ105, TQ155, TQ156)."""

from __future__ import annotations

from torq_gen.rule import Rule
from torq_gen.spec.rules._samples import lock, schema, system

UNREADABLE_FILE = Rule(
    "TQ101",
    "unreadable-file",
    "A spec file is missing or is not UTF-8 text.",
    why="A file that cannot be read declares nothing: what it should say would be guessed.",
    fix="Restore the file, or save it as UTF-8. Line separators and control characters that "
    "editors show in different ways have to go.",
    bad=(
        schema("the file is empty", "«»"),
        system("another encoding", "# caf«\udce9»\nservices: {}\n"),
    ),
    good=(system("UTF-8", "# café\nservices: {}\n"),),
)
INVALID_YAML = Rule(
    "TQ102",
    "invalid-yaml",
    "A spec file is not YAML of the supported kind.",
    why="Tags, merge keys and several documents in a file mean different things to different "
    "readers. The spec uses what all of them agree on.",
    fix="Correct the place that is named. Write content out in place of a merge key; keep one "
    "document in a file.",
    bad=(
        system(
            "a merge key",
            "x-base: &base {id: 1}\nservices:\n  feed:\n    «<<»: *base\n    publishes: []\n",
        ),
        system("a second document", "services: {}\n«---»\nservices: {}\n"),
    ),
    good=(system("aliases are fine", "x-feed: &feed {id: 1}\nservices:\n  feed: *feed\n"),),
)
AMBIGUOUS_SCALAR = Rule(
    "TQ103",
    "ambiguous-scalar",
    "A plain scalar is read differently by YAML 1.1 and YAML 1.2.",
    why="`no` is a text or false, `010` is ten or eight, depending on the reader. Editors, other "
    "tools and torq-gen have to see one value.",
    fix="Quote what is meant as text; write numbers in decimal, and `true` or `false`.",
    bad=(
        system(
            "a truth value or a text",
            "services:\n  feed: {id: 1, description: «no»}\n",
        ),
        system("ten or eight", "services:\n  feed: {id: «010»}\n"),
    ),
    good=(system("quoted", 'services:\n  feed: {id: 10, description: "no"}\n'),),
)
DUPLICATE_KEY = Rule(
    "TQ104",
    "duplicate-key",
    "A mapping holds one key twice.",
    why="Most readers of YAML keep the last one in silence: the first declaration is lost.",
    fix="Join the two, or rename one. `consumes` and `produces` are older names of `subscribes` "
    "and `publishes`.",
    bad=(
        system(
            "a service twice", "services:\n  feed: {id: 1}\n  desk: {id: 2}\n  «feed»: {id: 3}\n"
        ),
        system(
            "two names of one key",
            "services:\n"
            "  feed:\n"
            "    id: 1\n"
            "    publishes: [Quote]\n"
            "    «produces»: [Trade]\n"
            "  desk: {id: 2, subscribes: [Quote, Trade]}\n",
        ),
    ),
    good=(system("each once", "services:\n  feed: {id: 1}\n  desk: {id: 2}\n"),),
)
EXPLODING_ALIAS = Rule(
    "TQ105",
    "exploding-alias",
    "Aliases expand to far more than is written.",
    why="A few lines of aliases of aliases can stand for more values than fit into memory.",
    fix="Write the content out.",
    bad=(system("an alias inside of itself", "x-list: &list [1, «*list»]\nservices: {}\n"),),
    good=(system("an alias", "x-list: &list [1, 2]\nx-more: [*list, *list]\nservices: {}\n"),),
)
WRONG_LOCK = Rule(
    "TQ155",
    "wrong-lock",
    "torq.lock.yaml cannot be used.",
    why="It remembers ids that must never be given again and what was released. A lock that is "
    "half understood would give them to others.",
    fix="After a merge run `torq-gen release --mend`, which keeps what both sides remember and "
    "names what contradicts. Otherwise take the file from version control.",
    bad=(
        lock(
            "an unfinished merge",
            "services:\n«<<<<<<<» ours\n  feed: 1\n=======\n  desk: 1\n>>>>>>> theirs\n",
        ),
        lock("an id that is none", "services: {feed: «0»}\n"),
    ),
    good=(lock("ids and retired ids", "services: {feed: 1}\nretired: {desk: 2}\n"),),
)
NO_SCHEMA_FILE = Rule(
    "TQ156",
    "no-schema-file",
    "A pattern for schema files matches nothing.",
    why="Its messages would all be unknown, and the pattern is most likely misspelt.",
    fix="Correct the pattern, or add the file. Patterns start at the project's folder.",
    bad=(
        system(
            "no such folder",
            "system: {schemas: [schemas/*.yaml, «contracts/*.yaml»]}\nservices: {}\n",
        ),
    ),
    good=(system("the folder is there", "system: {schemas: [schemas/*.yaml]}\nservices: {}\n"),),
)
