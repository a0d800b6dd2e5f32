"""The shipped event's media: drawn once, the same every time, inside their folder, never by halves."""

from datetime import UTC, date, datetime
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from pipeline.errors import InputFaults, OutsideError, ToolError
from pipeline.rundown import Item, Kind, Product, Rundown, Session, Stand, StartMode
from pipeline.sample import draw, draw_media

AT = datetime(2021, 11, 24, 2, 0, tzinfo=UTC)


def item(id: str, kind: Kind, stand: int | None, media: str | None = None) -> Item:
    return Item(
        id=id,
        kind=kind,
        title=id,
        at=AT,
        duration_s=60,
        start=StartMode.FOLLOW,
        stand=stand,
        media=media,
    )


def stand(number: int, *products: str) -> Stand:
    goods = tuple(
        Product(name=name, photo=f"{number:02}-{k}.jpg") for k, name in enumerate(products, 1)
    )
    return Stand(number=number, name=f"Usaha Contoh {number}", category="Fashion", products=goods)


def event(stands: list[Stand], *items: Item) -> Rundown:
    session = Session(id="2021-11-24", day=date(2021, 11, 24), items=items)
    return Rundown(stands=tuple(stands), sessions=(session,))


@pytest.fixture
def photos() -> Rundown:
    """Two stands that show only photos: nothing here needs ffmpeg."""
    return event(
        [stand(1, "Kemeja batik", "Kopi bubuk"), stand(2, "Sandal")],
        item("1-01", Kind.CATALOGUE, 1),
        item("1-02", Kind.CATALOGUE, 2),
        item("1-03", Kind.LIVE, None, "kamera-utama"),
    )


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_draws_each_photo_as_a_large_jpeg(photos: Rundown, tmp_path: Path) -> None:
    assert draw_media(photos, tmp_path / "contoh", "no-ffmpeg") == 3

    assert names(tmp_path / "contoh") == ["01-1.jpg", "01-2.jpg", "02-1.jpg"]
    with Image.open(tmp_path / "contoh" / "01-1.jpg") as picture:
        assert (picture.format, picture.size, picture.mode) == ("JPEG", (1600, 1200), "RGB")
        assert np.asarray(picture).std() > 20  # a picture, not an empty frame


def test_the_same_product_gives_the_same_bytes_and_another_other_ones(
    photos: Rundown, tmp_path: Path
) -> None:
    draw_media(photos, tmp_path / "a", "no-ffmpeg")
    draw_media(photos, tmp_path / "b", "no-ffmpeg", items=["1-01"])

    first, again = (tmp_path / folder / "01-1.jpg" for folder in "ab")
    assert first.read_bytes() == again.read_bytes()
    assert first.read_bytes() != (tmp_path / "a" / "01-2.jpg").read_bytes()


def test_draws_only_what_the_named_items_need(photos: Rundown, tmp_path: Path) -> None:
    assert draw_media(photos, tmp_path, "no-ffmpeg", items={"1-02"}) == 1
    assert names(tmp_path) == ["02-1.jpg"]


def test_leaves_what_is_there_untouched(photos: Rundown, tmp_path: Path) -> None:
    mine = tmp_path / "01-1.jpg"
    mine.write_bytes(b"the committee's own photo")

    assert draw_media(photos, tmp_path, "no-ffmpeg", items=["1-01"]) == 1
    assert mine.read_bytes() == b"the committee's own photo"
    assert draw_media(photos, tmp_path, "no-ffmpeg", items=["1-01"]) == 0


def test_tells_how_far_it_is(photos: Rundown, tmp_path: Path) -> None:
    said: list[tuple[int, int, str]] = []
    draw_media(photos, tmp_path, "no-ffmpeg", on_progress=lambda *at: said.append(at))

    assert said == [(1, 3, "01-1.jpg"), (2, 3, "01-2.jpg"), (3, 3, "02-1.jpg")]


@pytest.mark.parametrize("name", ["../luar.jpg", "/tmp/luar.jpg", "a/../../luar.jpg"])
def test_refuses_names_that_lead_out_of_the_folder_before_it_draws(
    name: str, tmp_path: Path
) -> None:
    good = Product(name="Kain", photo="01-1.jpg")
    bad = Product(name="Kain", photo=name)
    stands = [Stand(number=1, name="Usaha", products=(good, bad))]
    rundown = event(stands, item("1-01", Kind.VIDEO, 1, "../luar.mp4"))

    with pytest.raises(InputFaults) as caught:
        draw_media(rundown, tmp_path / "media", "no-ffmpeg")

    assert [fault.where for fault in caught.value.faults] == ["../luar.mp4", name]
    assert names(tmp_path) == []


def test_refuses_a_link_that_leads_out_of_the_folder(photos: Rundown, tmp_path: Path) -> None:
    media = tmp_path / "media"
    media.mkdir()
    (media / "01-1.jpg").symlink_to(tmp_path / "elsewhere.jpg")

    with pytest.raises(InputFaults):
        draw_media(photos, media, "no-ffmpeg")
    assert not (tmp_path / "elsewhere.jpg").exists()


def test_a_video_is_a_short_film_with_picture_and_sound(tmp_path: Path, ffmpeg: str) -> None:
    rundown = event([stand(4, "Kopi")], item("1-01", Kind.VIDEO, 4, "04-profil.mp4"))

    assert draw_media(rundown, tmp_path, ffmpeg) == 2
    with av.open(tmp_path / "04-profil.mp4") as film:
        video, audio = film.streams.video[0], film.streams.audio[0]
        assert (video.width, video.height, video.average_rate) == (1280, 720, 25)
        assert (video.codec_context.name, audio.codec_context.name) == ("h264", "aac")
        frames = [frame.to_ndarray(format="gray") for frame in film.decode(video)]
    assert 8 * 25 <= len(frames) <= 12 * 25
    moves = [np.abs(a.astype(int) - b).mean() for a, b in zip(frames, frames[25:], strict=False)]
    assert min(moves) > 0.2  # something moves in every second


def test_a_video_without_a_stand_is_drawn_too(tmp_path: Path, ffmpeg: str) -> None:
    rundown = event([], item("1-01", Kind.VIDEO, None, "pembukaan/pembukaan.mp4"))

    assert draw_media(rundown, tmp_path, ffmpeg) == 1
    assert names(tmp_path) == ["pembukaan", "pembukaan/pembukaan.mp4"]


def test_a_failing_ffmpeg_leaves_no_half_file_and_what_was_done_before(tmp_path: Path) -> None:
    ffmpeg = tmp_path / "ffmpeg"
    told = tmp_path / "told"
    ffmpeg.write_text(
        f'#!/bin/sh\nfor last; do :; done\necho half > "$last"\necho "$last" > {told}\nexit 1\n'
    )
    ffmpeg.chmod(0o755)
    media = tmp_path / "media"
    rundown = event(
        [stand(1, "Kain"), stand(2)],
        item("1-01", Kind.CATALOGUE, 1),
        item("1-02", Kind.VIDEO, 2, "02-profil.mp4"),
    )

    with pytest.raises(ToolError):
        draw_media(rundown, media, str(ffmpeg))
    half = Path(told.read_text().strip())
    assert half.is_relative_to(media), "there was a half file"
    assert not half.exists()
    assert names(media) == ["01-1.jpg"]


def test_a_folder_that_cannot_be_written_is_said_in_one_error(
    photos: Rundown, tmp_path: Path
) -> None:
    blocked = tmp_path / "contoh"
    blocked.write_text("a file where the folder should be")

    with pytest.raises(OutsideError) as caught:
        draw_media(photos, blocked, "no-ffmpeg")
    assert "01-1.jpg" in caught.value.what.id
    assert caught.value.hint is not None


def test_a_file_that_another_run_finished_first_is_kept(
    photos: Rundown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(*_: object) -> Image.Image:
        (tmp_path / "02-1.jpg").write_bytes(b"the other run's")
        return Image.new("RGB", (1, 1))

    monkeypatch.setattr(draw, "product_picture", slow)

    assert draw_media(photos, tmp_path, "no-ffmpeg", items=["1-02"]) == 0
    assert (tmp_path / "02-1.jpg").read_bytes() == b"the other run's"
    assert names(tmp_path) == ["02-1.jpg"]
