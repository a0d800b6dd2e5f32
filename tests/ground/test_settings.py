"""settings.yaml: the shipped file is the manual, and mistakes are all told at once."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from pipeline.errors import InputFaults
from pipeline.settings import Settings, read_settings, settings_from

SHIPPED = Path(__file__).parents[2] / "settings.yaml"
LEAST = {"event": {"name": "Pameran"}, "rundown": "rundown.xlsx", "media": "media"}


def keys(model: type[BaseModel]) -> dict[str, Any]:
    """Every key of a model, with the keys of its blocks."""
    found: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        part = next(
            (
                a
                for a in (field.annotation, *getattr(field.annotation, "__args__", ()))
                if is_part(a)
            ),
            None,
        )
        found[name] = keys(part) if part and name != "destinations" else None
    return found


def is_part(annotation: object) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def test_the_shipped_file_names_every_key_of_the_model_and_no_other() -> None:
    values = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    wanted = keys(Settings)
    del wanted["file"]
    assert set(values) == set(wanted)
    for name, inner in wanted.items():
        if inner:
            assert set(values[name]) == set(inner), name


def test_the_shipped_file_shows_the_defaults_of_all_but_the_event() -> None:
    shipped = read_settings(SHIPPED).model_dump()
    plain = settings_from(LEAST, SHIPPED).model_dump()
    for name in shipped.keys() - {"event", "rundown", "media", "youtube"}:
        assert shipped[name] == plain[name], name
    assert shipped["youtube"] | {"tags": ()} == plain["youtube"]


def test_every_key_has_a_sentence_beside_it() -> None:
    bare = [
        line
        for line in SHIPPED.read_text(encoding="utf-8").splitlines()
        if ": " in line and not line.lstrip().startswith("#") and "#" not in line
    ]
    # What explains itself, or is explained by the comment above its block.
    assert {line.split(":")[0].strip() for line in bare} <= {
        "city", "venue", "width", "height", "destinations",
    }  # fmt: skip


def test_relative_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    settings = settings_from(LEAST, tmp_path / "settings.yaml")
    assert settings.media == tmp_path / "media"
    assert settings.state == tmp_path / "var"
    assert settings.youtube.token == tmp_path / "var" / "youtube-token.json"


def test_all_mistakes_are_told_at_once_each_with_its_key(tmp_path: Path) -> None:
    values = {
        "event": {"nama": "Pameran", "timezone": "Mars/Olympus"},
        "rundown": "r.xlsx",
        "house": {"fps": 24},
        "destinations": [{"name": "a b", "url": "http://x"}],
    }
    with pytest.raises(InputFaults) as caught:
        settings_from(values, tmp_path / "settings.yaml")
    where = {fault.where.partition(": ")[2] for fault in caught.value.faults}
    assert where == {
        "event.name",
        "event.nama",
        "event.timezone",
        "media",
        "house.fps",
        "destinations.0.name",
        "destinations.0.url",
    }
    by_key = {fault.where.partition(": ")[2]: fault for fault in caught.value.faults}
    hint = by_key["event.nama"].hint
    assert hint is not None and "name" in hint.en


@pytest.mark.parametrize("text", ["", "- 1", "a: [", "event: {name: x"])
def test_a_file_that_is_no_settings_file_is_a_fault_not_a_traceback(
    tmp_path: Path, text: str
) -> None:
    path = tmp_path / "settings.yaml"
    path.write_text(text)
    with pytest.raises(InputFaults):
        read_settings(path)


def test_an_absent_file_says_how_to_name_another(tmp_path: Path) -> None:
    with pytest.raises(InputFaults) as caught:
        read_settings(tmp_path / "none.yaml")
    hint = caught.value.faults[0].hint
    assert hint is not None and "--settings" in hint.en


def test_the_environment_names_another_ffmpeg(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TAYANG_FFMPEG", "/opt/ffmpeg")
    assert settings_from(LEAST, tmp_path / "s.yaml").ffmpeg == Path("/opt/ffmpeg")


def test_a_stream_key_is_not_shown(tmp_path: Path) -> None:
    destination = {"name": "studio", "url": "rtmp://127.0.0.1/live", "key": "rahasia"}
    settings = settings_from({**LEAST, "destinations": [destination]}, tmp_path / "s.yaml")
    assert "rahasia" not in repr(settings) + settings.model_dump_json()


def test_a_stream_key_that_is_no_text_is_not_shown_in_its_fault(tmp_path: Path) -> None:
    destination = {"name": "studio", "url": "rtmp://127.0.0.1/live", "key": 123456}
    with pytest.raises(InputFaults) as caught:
        settings_from({**LEAST, "destinations": [destination]}, tmp_path / "s.yaml")
    assert "123456" not in str(caught.value.faults)
