"""The two rules of the house: imports go down a floor, and the world comes in as arguments."""

from __future__ import annotations

import ast
from pathlib import Path

import click
import pytest

from aggregator.__main__ import COMMANDS, aggregator

HOUSE = Path(__file__).parent.parent / "aggregator"
WORDS = {"model", "errors", ""}
ROOMS = {
    "config",
    "fetch",
    "parse",
    "normalise",
    "filters",
    "dedupe",
    "cadence",
    "discover",
    "opml",
    "store",
    "publish",
    "websub",
}
FLOORS = [
    WORDS,
    {"text"},
    {"links", "videos"},
    {"balance"},
    {"names", "sanitise", "findable"},
    ROOMS,
    {"pipeline"},
    {"shells"},
    {"__main__"},
]
EFFECTS = {"fetch", "store", "shells"}  # and publish/files
DOOR = HOUSE / "__main__.py"  # imports each command when it is named: see docs/design.md
MODULES = sorted(HOUSE.rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_a_module_imports_only_from_lower_floors(path: Path) -> None:
    here = _room(path)
    for imported in _ours(path):
        there = imported.split(".")[1] if "." in imported else ""
        if there == here:
            continue
        assert _floor(there) < _floor(here), f"{path} imports {imported}"


@pytest.mark.parametrize("path", sorted((HOUSE / "shells").rglob("*.py")), ids=lambda path: path.name)
def test_among_shells_only_bootstrap_is_imported_by_the_others(path: Path) -> None:
    for imported in _ours(path):
        parts = imported.split(".")
        if parts[1:2] == ["shells"] and len(parts) > 2:
            same_folder = path.parent.name == parts[2] or path.stem == parts[2]
            below = path.stem == "bootstrap" and parts[2] in {"pool", "processes"}
            assert parts[2] == "bootstrap" or same_folder or below, f"{path} imports {imported}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_every_import_stands_at_the_top_of_its_module(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    top = {id(node) for node in tree.body}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            assert id(node) in top, f"{path}:{node.lineno} hides an import"
        if isinstance(node, ast.Name):
            assert node.id not in {"__import__", "TYPE_CHECKING"}, f"{path}:{node.lineno} {node.id}"
        if isinstance(node, ast.Attribute):
            assert node.attr != "import_module", f"{path}:{node.lineno} import_module"
        if isinstance(node, ast.Name) and path != DOOR:
            assert node.id != "import_module", f"{path}:{node.lineno} import_module"


def test_the_door_imports_a_command_when_it_is_named_and_nothing_else_by_name() -> None:
    assert {module.rpartition(".")[0] for module, _ in COMMANDS.values()} == {"aggregator.shells"}
    calls = [
        node
        for node in ast.walk(ast.parse(DOOR.read_text(encoding="utf-8")))
        if isinstance(node, ast.Name) and node.id == "import_module"
    ]
    assert len(calls) == 1
    context = click.Context(aggregator)
    for name in aggregator.list_commands(context):
        command = aggregator.get_command(context, name)
        assert command is not None and command.name == name
    assert aggregator.get_command(context, "os") is None


@pytest.mark.parametrize(
    "path",
    [path for path in MODULES if path.relative_to(HOUSE).parts[0] != "shells"],
    ids=lambda path: str(path.relative_to(HOUSE)),
)
def test_the_clock_is_read_in_shells_only(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            name = f"{node.value.id}.{node.attr}"
            assert name not in {
                "datetime.now",
                "datetime.utcnow",
                "datetime.today",
                "date.today",
                "time.time",
            }, f"{path}:{node.lineno} reads the clock: take it as an argument"


WORLD = {
    "socket",
    "subprocess",
    "sqlite3",
    "sqlalchemy",
    "pycurl",
    "requests",
    "urllib.request",
    "http.client",
    "threading",
}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_only_fetch_store_files_and_shells_touch_the_world(path: Path) -> None:
    if _room(path) in EFFECTS or path.relative_to(HOUSE).as_posix() == "publish/files.py":
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
        for name in names:
            assert name not in WORLD and name.partition(".")[0] not in WORLD, (
                f"{path}:{node.lineno} imports {name}"
            )
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            allowed = path.name == "config.py"  # it reads feeds.yaml: that is what it is for
            assert node.func.id != "open" or allowed, f"{path}:{node.lineno} opens a file"


def test_no_module_is_too_long_to_read_in_one_sitting() -> None:
    long = [path for path in MODULES if len(path.read_text(encoding="utf-8").splitlines()) > 350]
    assert long == []


def _room(path: Path) -> str:
    first = path.relative_to(HOUSE).parts[0]
    return "" if first == "__init__.py" else first.removesuffix(".py")


def _floor(room: str) -> int:
    """Return the floor of a room; what is no module but a name in `aggregator` itself is a word."""
    if not (HOUSE / room).is_dir() and not (HOUSE / f"{room}.py").is_file():
        return 0
    return next(number for number, rooms in enumerate(FLOORS) if room in rooms)


def _ours(path: Path) -> list[str]:
    """Return the full names of the modules of ours that *path* imports, relative spellings included."""
    package = ["aggregator", *path.relative_to(HOUSE).parent.parts]
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *(node.module.split(".") if node.module else [])])
            names += [f"{module}.{alias.name}" for alias in node.names] if _is_package(module) else [module]
    return [name for name in names if name.split(".")[0] == "aggregator"]


def _is_package(module: str) -> bool:
    return (HOUSE.parent / Path(*module.split("."))).is_dir()
