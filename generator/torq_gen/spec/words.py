"""Words that generated code, in Python or another target language, cannot use as names."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


KEYWORDS = {
    "Rust": _words("""
        as break const continue crate else enum extern false fn for if impl in let loop
        match mod move mut pub ref return self static struct super trait true type unsafe
        use where while async await dyn abstract become box do final macro override priv
        typeof unsized virtual yield try gen
    """),
    "Go": _words("""
        break case chan const continue default defer else fallthrough for func go goto if
        import interface map package range return select struct switch type var
    """),
    "TypeScript": _words("""
        break case catch class const continue debugger default delete do else enum export
        extends false finally for function if import in instanceof new null return super
        switch this throw true try typeof var void while with implements interface let
        package private protected public static yield
    """),
    "C": _words("""
        auto break case char const continue default do double else enum extern float for
        goto if inline int long register restrict return short signed sizeof static struct
        switch typedef union unsigned void volatile while alignas alignof bool constexpr
        false nullptr static_assert thread_local true typeof
    """),
}
MESSAGE_API = _words("""
    create from_frame from_json from_tlv read_columns to_frame to_json to_message to_tlv view
    write_columns
""")
# Names that annotations and methods of a generated class need in its body.
CLASS_BODY = _words("""
    bytearray bytes classmethod cls dict frozenset list memoryview object property self set
    staticmethod str tuple
""")
# Names of the modules that classes are generated into.
GENERATED = _words("""
    Annotated Any Bus Callable ClassVar Decimal Enum Envelope False FieldSpec Final FixedPoint
    Fraction Frame GOLDEN Generic Header InstrumentId IntEnum Iterable Iterator Literal MANIFEST
    Mailbox Manifest Mapping Message MessageContract NamedTuple Never NewType NoReturn None OnFull
    Optional Packers Path PromiseContract Protocol Publisher REGISTRY Registry Restart
    RestartStrategy RetiredContract Self Sequence Service ServiceContract ServiceSpec Struct
    Structure Subscriber Subscription Supervisor Timestamp True TypeAlias TypeVar Union Unpackers
""")
DOMAIN_MODULES = _words("services")  # the tests of services stand in test_services.py
TAKEN_PACKAGES = _words("""
    benchmarks config docs generated google httpx hypothesis jinja2 jsonschema
    jsonschema_rs messages msgspec mycelium numpy pandas pip pkg_resources pytest redis
    requests scripts services setuptools tests torq_gen websockets yaml
""")
INSTEAD = {"type": "kind", "from": "sender", "to": "recipient", "class": "kind", "in": "inside"}
