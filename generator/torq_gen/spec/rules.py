"""Every finding that the loader can report; codes are stable and never reused."""

from __future__ import annotations

from torq_gen.diagnostics import Severity
from torq_gen.rule import Rule

_WARNING = Severity.WARNING

# Files and YAML
UNREADABLE_FILE = Rule("TQ101", "unreadable-file", "A spec file is missing or is not UTF-8 text.")
INVALID_YAML = Rule("TQ102", "invalid-yaml", "A spec file is not YAML of the supported kind.")
AMBIGUOUS_SCALAR = Rule(
    "TQ103", "ambiguous-scalar", "A plain scalar is read differently by YAML 1.1 and YAML 1.2."
)
DUPLICATE_KEY = Rule("TQ104", "duplicate-key", "A mapping holds one key twice.")
EXPLODING_ALIAS = Rule("TQ105", "exploding-alias", "Aliases expand to far more than is written.")

# Structure
UNKNOWN_KEY = Rule("TQ106", "unknown-key", "A key that means nothing at this place.")
MISSING_KEY = Rule("TQ107", "missing-key", "A key that has to be given is not there.")
WRONG_SHAPE = Rule("TQ108", "wrong-shape", "A value is not of the kind that its key takes.")
WRONG_PACKAGE = Rule(
    "TQ109", "wrong-package", "The generated package cannot be imported or hides another one."
)

# Names
WRONG_NAME = Rule("TQ110", "wrong-name", "A name is not written as names of its kind are.")
RESERVED_NAME = Rule(
    "TQ111", "reserved-name", "A name is a keyword, is taken by generated code, or was retired."
)
NAME_USED_TWICE = Rule("TQ112", "name-used-twice", "Two things would have one name.")

# Types
UNKNOWN_TYPE = Rule("TQ115", "unknown-type", "A field's type is declared nowhere.")
MALFORMED_TYPE = Rule("TQ116", "malformed-type", "A type that has no wire format.")
CYCLIC_TYPE = Rule("TQ117", "cyclic-type", "A type that contains itself.")
OVERSIZED_TYPE = Rule("TQ118", "oversized-type", "A type whose values fit into no frame.")
WRONG_ENUM = Rule("TQ119", "wrong-enum", "An enum's base or one of its values cannot be encoded.")

# Domains and type ids
UNKNOWN_DOMAIN = Rule("TQ120", "unknown-domain", "A domain that system.yaml does not declare.")
DOMAIN_OVERLAP = Rule("TQ121", "domain-overlap", "Two domains share an id or a type id.")
TYPE_ID_OUT_OF_RANGE = Rule(
    "TQ122", "type-id-out-of-range", "A type id lies outside its domain's range."
)
TYPE_ID_OUTSIDE_DEFAULT = Rule(
    "TQ123",
    "type-id-outside-default-range",
    "A type id lies outside the range that its domain has by default.",
    _WARNING,
)
RESERVED_TYPE_ID = Rule(
    "TQ124", "reserved-type-id", "A type id that the protocol or the schema reserves."
)
TYPE_ID_USED_TWICE = Rule("TQ125", "type-id-used-twice", "Two messages have one type id.")

# Messages
WRONG_VERSION = Rule(
    "TQ130", "wrong-version", "Versions of fields do not describe a message that only grew."
)
MISSING_DEFAULT = Rule(
    "TQ131", "missing-default", "A field that needs a default has none: old data lacks it."
)
WRONG_DEFAULT = Rule("TQ132", "wrong-default", "A default that the field cannot hold.")
WRONG_VALIDATION = Rule("TQ133", "wrong-validation", "A validate rule that does not fit its field.")
WRONG_EXAMPLE = Rule("TQ134", "wrong-example", "An example that is not a message.")
WRONG_KEY = Rule("TQ135", "wrong-key", "A message key that is no field or cannot be a key.")
RELEASED_LAYOUT_CHANGED = Rule(
    "TQ136", "released-layout-changed", "A released message version has another wire layout."
)
RELEASED_MESSAGE_GONE = Rule(
    "TQ137", "released-message-gone", "A released message is gone and its id and name are not kept."
)
RELEASED_TYPE_ID = Rule(
    "TQ138", "released-type-id", "A released message has another type id or domain id than it had."
)
INEXACT_MONEY = Rule("TQ139", "inexact-money", "An amount of money in a type that is not exact.")

# Services and what they mention
UNKNOWN_MESSAGE = Rule("TQ140", "unknown-message", "A message that no schema declares.")
UNKNOWN_STORE = Rule("TQ141", "unknown-store", "A store that system.yaml does not declare.")
UNKNOWN_EXTERNAL = Rule("TQ142", "unknown-external", "An external that is declared nowhere.")
UNKNOWN_FIELD = Rule("TQ143", "unknown-field", "A field that the message does not have.")
SCHEMA_DISAGREEMENT = Rule(
    "TQ144",
    "schema-disagreement",
    "system.yaml states an id, a domain or a topic that the schema contradicts.",
)
UNPUBLISHED_SUBSCRIPTION = Rule(
    "TQ145", "unpublished-subscription", "A message is subscribed and nobody publishes it."
)
UNHEARD_PUBLICATION = Rule(
    "TQ146", "unheard-publication", "A message is published and nobody subscribes it.", _WARNING
)
EXTERNAL_EVENT = Rule(
    "TQ147",
    "external-event",
    "A consumed name that no schema declares is taken for something from outside.",
    _WARNING,
)
SELF_SUBSCRIPTION = Rule(
    "TQ148", "self-subscription", "A service subscribes what it publishes itself."
)
BLOCKING_CYCLE = Rule(
    "TQ149", "blocking-cycle", "Services that can wait for each other's full mailboxes for ever."
)
TWO_WRITERS = Rule("TQ150", "two-writers", "Two services write one part of a store.")
WRONG_PATH = Rule("TQ151", "wrong-path", "A service's folder lies outside the project or is taken.")
SERVICE_ID_USED_TWICE = Rule(
    "TQ152", "service-id-used-twice", "A service has an id that is or was another service's."
)
MISSING_SERVICE_ID = Rule("TQ153", "missing-service-id", "A service that has no id yet.")
SERVICE_ID_CHANGED = Rule(
    "TQ154", "service-id-changed", "A service's id differs from the one that was given to it."
)
WRONG_LOCK = Rule("TQ155", "wrong-lock", "torq.lock.yaml cannot be used.")
NO_SCHEMA_FILE = Rule("TQ156", "no-schema-file", "A pattern for schema files matches nothing.")
UNKNOWN_PREDICATE = Rule(
    "TQ157", "unknown-predicate", "The module of a predicate is found nowhere.", _WARNING
)

# Sentences that no machine checks
UNCHECKED_ORDERING = Rule(
    "TQ160", "unchecked-ordering", "An ordering in words that no machine checks.", _WARNING
)
UNCHECKED_INVARIANT = Rule(
    "TQ161", "unchecked-invariant", "An invariant in words that no machine checks.", _WARNING
)
UNCHECKED_DEPENDENCY = Rule(
    "TQ162", "unchecked-dependency", "A dependency in words that no machine checks.", _WARNING
)

ALL: tuple[Rule, ...] = tuple(r for r in list(globals().values()) if isinstance(r, Rule))
