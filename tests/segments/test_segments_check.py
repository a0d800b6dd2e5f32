"""`check` names what is wrong with media and names, every fault once, and never stops at the first."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from pipeline.overlays import Painter
from pipeline.rundown import Item, Kind, Product, Rundown, Session, Stand, StartMode
from pipeline.segments import MediaReport, check_media
from pipeline.settings import Event, House
from pipeline.tools import run

NINE = datetime.fromisoformat("2021-11-24T09:00:00+07:00")
HOUSE = House()


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory, ffmpeg: str) -> Path:
    folder = tmp_path_factory.mktemp("media")
    picture = ["-f", "lavfi", "-i", "testsrc2=s=1280x720:r=25:d=4"]
    small = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=4"]
    sound = ["-f", "lavfi", "-i", "sine=f=300:d=4"]
    codec = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
    head = [ffmpeg, "-v", "error"]
    run([*head, *picture, *sound, *codec, str(folder / "good.mp4")], deadline=60)
    run([*head, *small, *codec, str(folder / "small-mute.mp4")], deadline=60)
    run([*head, *sound, str(folder / "only-sound.mp4")], deadline=60)
    whole = (folder / "good.mp4").read_bytes()
    (folder / "cut-off.mp4").write_bytes(whole[: len(whole) // 2])
    (folder / "list.mp4").write_text("#EXTM3U\n#EXTINF:4,\ngood.mp4\n")
    Image.new("RGB", (900, 800)).save(folder / "good.jpg")
    Image.new("RGB", (100, 100)).save(folder / "small.jpg")
    (folder / "text.jpg").write_text("bukan gambar")
    return folder


def report(media: Path, *media_names: str, **more: Any) -> MediaReport:
    stand = Stand(number=1, name=more.get("name", "Batik"), products=more.get("products", ()))
    kind = more.get("kind", Kind.VIDEO)
    items = tuple(
        Item(
            id=f"1-{n:02}",
            kind=kind,
            title=f"Acara {n}",
            at=NINE,
            duration_s=more.get("duration_s", 4),
            start=StartMode.FOLLOW,
            stand=1,
            media=name,
        )
        for n, name in enumerate(media_names, 1)
    )
    session = Session(id="2021-11-24", day=NINE.date(), items=items)
    painter = Painter(None, HOUSE, Event(name="Uji"))
    rundown = Rundown(stands=(stand,), sessions=(session,))
    return check_media(rundown, painter, media, HOUSE, lambda *told: None)


def said(report: MediaReport) -> tuple[list[str], list[str]]:
    return [f.where for f in report.faults], [w.what.en for w in report.warnings]


def test_good_media_give_neither_fault_nor_warning(media: Path) -> None:
    assert said(report(media, "good.mp4", products=(Product(name="A", photo="good.jpg"),))) == (
        [],
        [],
    )


def test_every_unusable_file_is_a_fault_told_once(media: Path) -> None:
    names = ["none.mp4", "cut-off.mp4", "list.mp4", "only-sound.mp4", "text.jpg", "../x.mp4"]
    faults, _ = said(report(media, *names, *names))
    assert faults == names


def test_bad_photos_are_told_with_their_stands(media: Path) -> None:
    products = (Product(name="A", photo="text.jpg"), Product(name="B", photo="none.jpg"))
    faults, _ = said(report(media, "good.mp4", products=products))
    assert faults == ["text.jpg (stand 1)", "none.jpg (stand 1)"]


@pytest.mark.parametrize(
    ("products", "filler"), [((), "slate"), ((Product(name="A"),), "catalogue")]
)
def test_a_video_shorter_than_its_slot_is_a_warning_that_says_what_fills_it(
    media: Path, products: tuple[Product, ...], filler: str
) -> None:
    faults, warnings = said(report(media, "good.mp4", duration_s=60, products=products))
    assert faults == []
    assert warnings[0].startswith("good.mp4 is only 0:04 of 1:00")
    assert filler in warnings[0]


def test_small_and_mute_media_are_warnings(media: Path) -> None:
    products = (Product(name="A", photo="small.jpg"),)
    faults, warnings = said(report(media, "small-mute.mp4", products=products))
    assert faults == []
    assert [w.split("; ")[0] for w in warnings] == [
        "small-mute.mp4 has no sound",
        "only 320x180 pixels",
        "only 100x100 pixels",
    ]


def test_each_live_item_says_that_the_slate_airs_in_its_place(media: Path) -> None:
    faults, warnings = said(report(media, "kamera", "kamera-2", kind=Kind.LIVE))
    assert faults == []
    assert len([w for w in warnings if "slate airs in its place" in w]) == 2


def test_a_name_that_has_to_be_shortened_is_a_warning(media: Path) -> None:
    faults, warnings = said(report(media, "good.mp4", name="Kelompok Usaha Bersama " * 6))
    assert faults == []
    assert any("shortened" in w for w in warnings)
