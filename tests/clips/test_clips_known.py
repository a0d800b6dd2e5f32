"""What is known of a clip holds until its file changes, and a lost or damaged note costs time only."""

import hashlib
import shutil
from pathlib import Path

import pytest

from pipeline.clips.known import FILE, Known
from pipeline.tools import find_ffmpeg, run


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    source = ["-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=0.4"]
    told = ["-c:v", "libx264", "-metadata", "comment=parts 1"]
    run([find_ffmpeg(), "-v", "error", *source, *told, str(path)], deadline=30)
    return path


def test_a_file_is_read_once_until_it_changes(
    tmp_path: Path, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.mp4"
    shutil.copy(film, path)
    known = Known(tmp_path)
    about = known.of(path)
    assert about == ("parts 1", 10, hashlib.sha256(film.read_bytes()).hexdigest())
    known.keep()
    with monkeypatch.context() as patch:
        patch.setattr("pipeline.clips.known.made_of", lambda path: 1 / 0)
        assert Known(tmp_path).of(path) == about
    path.write_bytes(film.read_bytes() + b"\0\0\0\x08free")
    changed = Known(tmp_path).of(path)
    assert changed is not None
    assert changed.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("note", ["", "[]", "{", '{"a.mp4": 5}', '{"a.mp4": [[1], ["x"]]}'])
def test_a_damaged_note_is_written_anew(tmp_path: Path, film: Path, note: str) -> None:
    path = tmp_path / "a.mp4"
    shutil.copy(film, path)
    (tmp_path / FILE).write_text(note)
    known = Known(tmp_path)
    assert known.of(path) is not None
    known.keep()
    assert Known(tmp_path).of(path) == known.of(path)


def test_what_is_no_whole_clip_is_not_known(tmp_path: Path, film: Path) -> None:
    (tmp_path / "torn.mp4").write_bytes(film.read_bytes()[:500])
    assert Known(tmp_path).of(tmp_path / "torn.mp4") is None
    assert Known(tmp_path).of(tmp_path / "none.mp4") is None
