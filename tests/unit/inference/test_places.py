"""Which folders and files are services."""

from __future__ import annotations

from collections.abc import Iterable

from torq_gen.inference.places import Place, find, named
from torq_gen.lint.facts.files import FilesInMemory

NATS = "import nats\n"


def places(files: dict[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Name and folder or file of each service, and the folders that were passed."""
    folders: dict[str, Iterable[str]] = {}
    for path in files:
        first, _, rest = path.partition("/")
        if rest:
            subfolders = folders.setdefault(first, set())
            if "/" in rest:
                assert isinstance(subfolders, set)
                subfolders.add(rest.partition("/")[0])
    loose = [path for path in files if "/" not in path]
    found = find(FilesInMemory(files), {f: sorted(s) for f, s in folders.items()}, loose)
    return {p.name: p.entry or p.path for p in found.found}, found.passed


def test_each_folder_in_services_is_one_and_others_are_told() -> None:
    files = {
        "services/a/main.py": "",
        "services/b-two/x.py": "",
        "lib/bus.py": NATS,
        "doc/a.py": "",
    }
    assert places(files) == ({"a": "services/a", "b_two": "services/b-two"}, ("lib",))


def test_without_such_a_folder_each_that_speaks_to_a_broker_is_one() -> None:
    files = {"web/app.py": "from faststream import FastStream\n", "lib/a.py": "import json\n"}
    assert places(files) == ({"web": "web"}, ())


def test_several_entry_points_below_one_folder_are_a_service_each() -> None:
    main = NATS + "if __name__ == '__main__':\n    pass\n"
    files = {"app/api/main.py": main, "app/jobs/main.py": main, "app/bus/nats.py": NATS}
    assert places(files) == ({"api": "app/api", "jobs": "app/jobs"}, ("app",))
    assert places({**files, "app/main.py": main}) == ({"app": "app"}, ())
    assert places({"app/api/main.py": main, "app/jobs/a.py": NATS}) == ({"app": "app"}, ())


def test_what_a_console_script_starts_is_an_entry_point() -> None:
    tree = FilesInMemory({"app/api/cli.py": NATS, "app/jobs/cli.py": NATS})
    scripts = ("app/api/cli.py", "app/jobs/cli.py")
    found = find(tree, {"app": ["api", "jobs"]}, (), scripts).found
    assert [p.path for p in found] == ["app/api", "app/jobs"]


def test_a_file_at_the_root_that_speaks_to_a_broker_is_one() -> None:
    assert places({"bridge.py": NATS, "setup_.py": ""}) == ({"bridge": "bridge.py"}, ())


def test_a_generated_base_class_names_the_service() -> None:
    code = "from shop_contracts.services import FlashSaleBase\n\nclass X(FlashSaleBase): ...\n"
    found = find(FilesInMemory({"services/sale/service.py": code}), {"services": ["sale"]}, ())
    assert found.package == "shop_contracts"
    why = "its class has a generated base class"
    assert found.found == (Place("flash_sale", "services/sale", why),)


def test_a_file_belongs_to_the_folder_or_is_the_entry() -> None:
    assert Place("a", "services/a", "").holds("services/a/b/c.py")
    assert not Place("a", "services/a", "").holds("services/ab/c.py")
    assert Place("a", "services/a", "", "a.py").holds("a.py")


def test_services_that_a_person_names_are_all() -> None:
    tree = FilesInMemory({"src/x/a.py": NATS, "src/y/a.py": NATS})
    assert [p.path for p in named(tree, {"x": "src/x"}).found] == ["src/x"]
