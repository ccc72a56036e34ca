"""What the boundary rules say, and where, over facts made by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.unit.lint.boundary.views import at, view
from torq_gen.diagnostics import Diagnostic, Related, Span
from torq_gen.lint.facts.model import (
    Access,
    Bypass,
    Connection,
    DynamicCode,
    Escape,
    Fact,
    FileAccess,
    Import,
    ProcessStart,
    ServiceClass,
    TopicPublish,
    Unproven,
)
from torq_gen.lint.facts.text import Hole, Text
from torq_gen.lint.rules import (
    bypass_of_the_bus,
    dynamic_code,
    import_of_another_service,
    import_of_the_generator,
    process_start,
    shared_file,
    undeclared_external,
    undeclared_library,
    unprovable_external,
)
from torq_gen.lint.view import ServiceView
from torq_gen.model import Authority, StoreAccess

Check = Callable[[ServiceView], Iterator[Diagnostic]]
SERVICE = ServiceClass(at(1), "Trader", "trader")


def messages(check: Check, *facts: Fact) -> list[str]:
    return [d.message for d in check(view(*facts))]


def connection(*parts: str | Hole) -> Connection:
    return Connection(at(3), at(4), Text.of(parts), "httpx")


def file(path: str, access: Access = Access.READ) -> FileAccess:
    return FileAccess(at(3), at(4), access, Text.of([path]))


def test_an_import_of_another_service_points_at_it() -> None:
    found = Import(at(3), "services.feed.book", found="services/feed/book.py")
    (one,) = import_of_another_service.check(view(found))
    assert one.message == "trader imports services.feed.book, which belongs to the service feed"
    assert one.span == at(3)
    assert one.related == (Related(Span("system.yaml", 20, 3, 20, 7), "feed is declared here"),)
    assert (one.service, one.subject) == ("trader", "services.feed.book")


def test_an_import_of_another_service_in_a_shared_module_says_so() -> None:
    place = at(1, "shop/books.py")
    found = Import(place, "services.feed.book", found="services/feed/book.py")
    assert messages(import_of_another_service.check, found) == [
        "trader imports services.feed.book through shop/books.py, which belongs to the service feed"
    ]


@pytest.mark.parametrize(
    "found",
    [
        Import(at(3), "services.feed.book", typing_only=True, found="services/feed/book.py"),
        Import(at(3), "services.trader.book", found="services/trader/book.py"),
        Import(at(3), "services.feeder", found="services/feeder.py"),
        Import(at(1, "services/feed/book.py"), "services.feed.x", found="services/feed/x.py"),
    ],
    ids=["typing", "own", "prefix", "followed"],
)
def test_imports_that_lead_nowhere_else(found: Import) -> None:
    assert messages(import_of_another_service.check, found) == []


def test_a_module_of_a_service_counts_where_its_file_is_not_found() -> None:
    found = Import(at(3), "services.feed.gone")
    assert len(messages(import_of_another_service.check, found)) == 1


def test_the_generator_is_not_imported() -> None:
    found = Import(at(3), "torq_gen.model")
    assert messages(import_of_the_generator.check, found, Import(at(4), "torq_general")) == [
        "trader imports torq_gen.model, a part of the generator"
    ]


def test_an_address_that_nothing_covers() -> None:
    (one,) = undeclared_external.check(view(connection("https://pairs.example/", Hole())))
    assert (
        one.message == "trader calls https://pairs.example/{}, which none of its externals covers"
    )
    assert one.subject == "https://pairs.example/{}"
    assert one.span == at(3)


@pytest.mark.parametrize(
    ("url", "meant"),
    [
        ("https://rates.exmaple/v1", "did you mean rates.example? Otherwise "),
        ("https://rates.example/v2", ""),
        ("https://pairs.test/v1", ""),
    ],
    ids=["a slip", "another path", "another host"],
)
def test_a_host_with_a_slip_is_told_with_the_one_that_may_be_meant(url: str, meant: str) -> None:
    (one,) = undeclared_external.check(view(connection(url)))
    assert one.help == (
        f"{meant}add the URL to an external in system.yaml, named in services.trader.externals "
        "(--accept-into-spec), or take the call out"
    )


def test_an_address_of_an_external_that_the_service_does_not_name() -> None:
    (one,) = undeclared_external.check(view(connection(Hole("RPC_URL"))))
    expected = "trader calls {RPC_URL} of the external chain"
    assert one.message == f"{expected}, which services.trader.externals does not name"
    assert one.related == (Related(Span("system.yaml", 9, 3, 9, 8), "chain is declared here"),)


def test_an_address_is_undeclared_or_unprovable_and_never_both() -> None:
    for fact in (connection("https://x.example"), connection(Hole()), connection("/x")):
        both = [*messages(undeclared_external.check, fact)]
        both += messages(unprovable_external.check, fact)
        assert len(both) == 1
    declared = connection("https://rates.example/v1")
    assert messages(undeclared_external.check, declared) == []
    assert messages(unprovable_external.check, declared) == []


def test_an_address_that_nobody_can_tell_gives_the_reason() -> None:
    unproven = Connection(at(3), at(4), Unproven("it comes from a message"), "httpx")
    assert messages(unprovable_external.check, unproven, connection("https://", Hole())) == [
        "trader connects with httpx to an address that nobody can tell: it comes from a message",
        "trader connects with httpx to https://{}, which nobody can judge: "
        "its host is only known to the running program",
    ]


def test_a_client_out_of_sight_counts_and_other_capabilities_do_not() -> None:
    escapes = (
        Escape(at(3), "an HTTP client", "a function of the library foo"),
        Escape(at(4), "the service", "a function of the library foo"),
    )
    assert messages(unprovable_external.check, *escapes) == [
        "trader hands an HTTP client to a function of the library foo, "
        "and nobody can tell what that calls"
    ]


def test_a_way_around_the_bus() -> None:
    assert messages(bypass_of_the_bus.check, Bypass(at(3), "a listening socket")) == [
        "trader opens a listening socket, which goes around the bus"
    ]


def test_a_broker_counts_beside_a_generated_class_alone() -> None:
    nats = Import(at(2), "nats.aio.client")
    topic = TopicPublish(at(3), at(4), Text.of(["orders"]), "nats-py")
    assert messages(bypass_of_the_bus.check, nats, topic) == []
    assert messages(bypass_of_the_bus.check, SERVICE, nats, topic) == [
        "trader uses nats, a client of NATS, which goes around the bus"
    ]
    assert messages(bypass_of_the_bus.check, SERVICE, topic) == [
        "trader publishes at nats-py, which goes around the bus"
    ]
    redis = TopicPublish(at(3), at(4), Text.of(["orders"]), "redis")
    assert len(messages(bypass_of_the_bus.check, SERVICE, nats, topic, redis)) == 2
    typing_only = Import(at(2), "nats", typing_only=True)
    assert messages(bypass_of_the_bus.check, SERVICE, typing_only) == []


def test_a_process() -> None:
    assert messages(process_start.check, ProcessStart(at(3), "os.system")) == [
        "trader starts a process with os.system"
    ]


def test_a_file_in_another_service_s_folder() -> None:
    assert messages(shared_file.check, file("services/feed/levels.json", Access.WRITE)) == [
        "trader writes services/feed/levels.json, which stands in the folder of the service feed"
    ]
    assert messages(shared_file.check, file("services/trader/levels.json")) == []
    assert messages(shared_file.check, file("services/feeder/levels.json")) == []


def test_a_file_that_another_service_writes() -> None:
    book = file("data/books/7.json")
    assert messages(shared_file.check, book) == [
        "trader reads data/books/7.json, which the service feed writes"
    ]
    own = StoreAccess("books", Authority.READ_ONLY, ("data/books/*.json",))
    assert list(shared_file.check(view(book, stores=[own]))) == []
    key = StoreAccess("redis", Authority.READ_WRITE, ("data/books/*.json",))
    assert len(list(shared_file.check(view(book, stores=[key])))) == 1


def test_a_file_that_nobody_can_tell_is_not_taken_for_another_service_s() -> None:
    unproven = FileAccess(at(3), at(4), Access.READ, Unproven("it comes from a message"))
    hole = FileAccess(at(3), at(4), Access.READ, Text.of([Hole()]))
    assert messages(shared_file.check, unproven, hole) == []


def test_a_library_that_is_not_declared() -> None:
    (one,) = undeclared_library.check(view(Import(at(3), "dateutil.parser")))
    assert one.message == (
        "trader imports dateutil.parser (of python-dateutil), "
        "which services.trader.libraries does not name"
    )
    assert one.subject == "dateutil"
    assert one.help == (
        "add python-dateutil to services.trader.libraries in system.yaml (--accept-into-spec)"
    )


@pytest.mark.parametrize(
    "found",
    [
        Import(at(3), "yaml.nodes"),
        Import(at(3), "json"),
        Import(at(3), "shop_contracts.messages"),
        Import(at(3), "mycelium.protocol"),
        Import(at(3), "torq_gen.model"),
        Import(at(3), "services.trader.gone"),
        Import(at(3), "shop.books", found="shop/books.py"),
        Import(at(3), "numpy", typing_only=True),
        Import(at(1, "services/feed/book.py"), "numpy"),
    ],
    ids=lambda found: found.module,
)
def test_imports_that_need_no_declaration(found: Import) -> None:
    assert messages(undeclared_library.check, found) == []


def test_a_name_that_two_files_have_is_mended_by_another_name() -> None:
    via = "`helper`, which is a/helper.py or helper.py by where Python is started (rename one)"
    (one,) = dynamic_code.check(view(DynamicCode(at(3), via)))
    assert one.help == "rename one of them, so that every way to start Python imports the same"


def test_dynamic_code() -> None:
    facts = (DynamicCode(at(3), "eval"), Import(at(1), "ctypes.util"), Import(at(2), "json"))
    assert messages(dynamic_code.check, *facts) == [
        "trader runs what nobody can read beforehand: eval",
        "trader imports ctypes.util, which runs machine code",
    ]
