"""The structure of the house: imports go one way, and each driver stays behind its own files."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "pipeline"

GROUND = ["errors", "timing", "clock", "settings", "tools", "lock"]
LINE = ["rundown", "overlays", "splice", "segments", "air", "manifest", "clips", "publish"]

COMMANDS = [
    *("common", "options", "before", "show", "day", "crew", "cue"),
    *("after", "monitor", "demo", "youtube"),
]

IDENTITY = ["tables", "database", "best_effort", "people", "sessions", "devices", "trail"]

DRIVERS = {
    "av": {
        "air/remux.py",
        "splice/packets.py",
        "segments/probe.py",
        "clips/still.py",
        "publish/emulator/media.py",
    },
    "ffmpeg": {"segments/graph.py", "sample/film.py"},
    "subprocess": {"tools.py"},
    "imageio_ffmpeg": {"tools.py"},
    "time": {"clock.py"},
    "yaml": {
        *("settings.py", "rundown/yamlform.py", "overlays/theme.py"),
        "publish/emulator/scenario.py",
    },
    "openpyxl": {"rundown/workbook.py", "manifest/workbook.py"},
    "resvg_py": {"overlays/raster.py", "sample/raster.py"},
    "uharfbuzz": {"overlays/face.py"},
    "sqlalchemy": {
        *("manifest/tables.py", "manifest/store.py"),
        *(f"panel/{name}.py" for name in IDENTITY),
    },
    "argon2": {"panel/passwords.py"},
    "googleapiclient": {
        *("publish/youtube.py", "publish/transport.py"),
        "publish/emulator/document.py",
    },
    "httplib2": {"publish/youtube.py", "publish/transport.py"},
    "uvicorn": {"publish/emulator/server.py", "monitor.py", "panel/server.py", "panel/guard.py"},
    "multiprocessing": {"air/control.py"},
    "apscheduler": {"daemon.py"},
    "typer": {"cli.py", *(f"commands/{name}.py" for name in COMMANDS)},
}


def sources() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Every module that a file imports, wherever in it, with the line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            if node.module == "pipeline":
                yield from ((f"pipeline.{alias.name}", node.lineno) for alias in node.names)
            else:
                yield node.module, node.lineno


def may_import(importer: Path, module: str) -> bool:
    """Ground imports ground above it; a room imports ground, itself, and doors to its left."""
    here = importer.relative_to(PACKAGE).parts
    room = here[0].removesuffix(".py")
    there = module.split(".")[1:]
    if room in GROUND:
        return there[0] in GROUND[: GROUND.index(room)]
    if room in LINE:
        if there[0] in GROUND or there[0] == room:
            return True
        return len(there) == 1 and there[0] in LINE[: LINE.index(room)]
    if there[0] in LINE:  # the roof goes through doors too, and through a room's inner doors
        return len(there) == 1 or (PACKAGE.joinpath(*there) / "__init__.py").exists()
    return True


@pytest.mark.parametrize("path", sources(), ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_imports_go_one_way_and_through_doors(path: Path) -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {module}"
        for module, line in imports(path)
        if module.startswith("pipeline.") and not may_import(path, module)
    ]
    assert wrong == []


def test_drivers_stay_behind_their_files() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {module}"
        for path in sources()
        for module, line in imports(path)
        if path.relative_to(PACKAGE).as_posix()
        not in DRIVERS.get(module.split(".")[0], {path.relative_to(PACKAGE).as_posix()})
    ]
    assert wrong == []


def test_real_time_and_the_environment_are_read_in_one_place_each() -> None:
    wrong = []
    for path in sources():
        name = path.relative_to(PACKAGE).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Attribute):
                continue
            if node.attr in {"now", "today", "utcnow"} and isinstance(node.value, ast.Name):
                reader = node.value.id in {"datetime", "date"} and name != "clock.py"
                wrong += [f"{name}:{node.lineno} reads the time"] if reader else []
            if node.attr in {"environ", "getenv"} and name not in {"settings.py", "tools.py"}:
                wrong.append(f"{name}:{node.lineno} reads the environment")
    assert wrong == []


def test_every_file_opens_by_saying_what_it_is_for() -> None:
    silent = [
        path.relative_to(ROOT).as_posix()
        for path in sources()
        if path.read_text(encoding="utf-8").strip()
        and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


def test_functions_and_files_stay_of_a_size_that_fits_the_head() -> None:
    large = []
    for path in sources():
        text = path.read_text(encoding="utf-8")
        lines = text.count("\n")
        if lines > 350:
            large.append(f"{path.relative_to(ROOT)}: {lines} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                if length > 60:
                    large.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {length}")
    assert large == []


def test_overlays_and_schedules_hold_data_and_no_python() -> None:
    found = [*ROOT.glob("overlays/**/*.py"), *ROOT.glob("schedules/**/*.py")]
    assert found == []
