"""The public page and the screens' values over HTTP: what goes out, to whom, and what never does."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from PIL import Image
from rooms import Room, control_room
from screened import ODD, board, event


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory, ffmpeg: str) -> Iterator[Room]:
    with control_room(event(tmp_path_factory.mktemp("public"), ffmpeg), still=True) as room:
        room.parts.hub.show(board())
        yield room


def get(room: Room, path: str, **options: Any) -> requests.Response:
    return requests.get(room.url + path, timeout=10, allow_redirects=False, **options)


def test_anybody_reads_the_showcase_and_is_told_when_nothing_has_changed(room: Room) -> None:
    page = get(room, "/etalase")
    assert page.status_code == 200
    assert "public" in page.headers["Cache-Control"]
    tag = page.headers["ETag"]
    again = get(room, "/etalase", headers={"If-None-Match": f'"other", W/{tag}'})
    assert (again.status_code, again.content) == (304, b"")
    room.parts.hub.show(board(stand=2))
    assert get(room, "/etalase", headers={"If-None-Match": tag}).status_code == 200
    room.parts.hub.show(board())


def test_the_showcase_of_somebody_signed_in_is_kept_by_no_shared_cache(room: Room) -> None:
    page = get(room, "/etalase", cookies=room.cookies())
    assert page.headers["Cache-Control"].startswith("private")


def test_names_are_text_and_messages_to_sellers_say_product_price_and_event(room: Room) -> None:
    text = get(room, "/etalase").text
    assert ODD not in text
    assert "<b>tulis</b>" not in text
    assert "Rp150.000" in text
    assert "https://wa.me/6281234567890?text=Halo%20" in text
    assert "Kain%20%3Cb%3Etulis%3C%2Fb%3E%20%28Rp150.000%29" in text
    assert 'property="og:image" content="http' in text
    assert "Tanya harga" in text
    assert "Gratis" in text


@pytest.mark.parametrize("width", [320, 640])
def test_a_photo_comes_small_and_in_the_page_s_proportions(room: Room, width: int) -> None:
    answer = get(room, f"/etalase/1-0-{width}.jpg")
    with Image.open(io.BytesIO(answer.content)) as image:
        assert (image.format, image.size) == ("JPEG", (width, width * 3 // 4))
    known = {"If-None-Match": answer.headers["ETag"]}
    assert get(room, f"/etalase/1-0-{width}.jpg", headers=known).status_code == 304


@pytest.mark.parametrize("photo", ["1-1-320", "1-2-320", "1-9-320", "9-0-320", "1-0-5000"])
def test_where_no_photo_can_be_shown_there_is_a_piece_of_cloth(room: Room, photo: str) -> None:
    answer = get(room, f"/etalase/{photo}.jpg")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("image/svg+xml")


def test_a_new_photo_under_the_old_name_is_shown(room: Room) -> None:
    file = room.parts.settings.media / "kain.png"
    before = get(room, "/etalase/1-0-320.jpg").content
    Image.new("RGB", (901, 700), "maroon").save(file)
    assert get(room, "/etalase/1-0-320.jpg").content != before


def test_a_clip_is_given_whole_or_in_part_and_only_where_it_is_the_airing_s(room: Room) -> None:
    whole = get(room, "/etalase/clip/2021-11-24/1.mp4")
    part = get(room, "/etalase/clip/2021-11-24/1.mp4", headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, whole.content[100:200])
    saved = get(room, "/etalase/clip/2021-11-24/1.mp4?save=true")
    assert saved.headers["Content-Disposition"].startswith("attachment")
    for other in ("2021-11-24/2", "2021-11-24/3", "2021-11-25/1", "..%2F..%2Fmedia/1"):
        assert get(room, f"/etalase/clip/{other}.mp4").status_code == 404


def test_which_stand_is_on_air_is_for_everybody(room: Room) -> None:
    assert get(room, "/etalase/on.json").json() == {"on": 1}


def test_a_stand_s_link_tells_of_that_stand_alone(room: Room) -> None:
    key = room.parts.keys.for_stand(1)
    own = get(room, f"/api/stand/1?key={key}")
    values = own.json()
    assert values["on"]["title"] == "Profil 1"
    assert (values["entitled_s"], values["aired_s"], values["owed_s"]) == (120, 90.0, 30.0)
    (aired,) = values["aired"]
    assert aired["start"] == "2021-11-24T10:00:00+07:00"  # in the rundown's clock, an hour ahead
    assert aired["clip"] == "/etalase/clip/2021-11-24/1.mp4"
    assert [one["start"][:16] for one in values["coming"]] == ["2021-11-25T09:05"]
    assert "Café" not in own.text
    assert "Rahasia" not in own.text
    assert get(room, f"/api/stand/2?key={key}").status_code == 403
    assert get(room, f"/stand/2?key={key}").status_code == 403
    assert get(room, "/stand/1").status_code == 303


def test_a_stand_that_is_still_to_come_is_told_when_it_is_expected(room: Room) -> None:
    values = get(room, f"/api/stand/2?key={room.parts.keys.for_stand(2)}").json()
    assert values["on"] is None
    assert values["coming"][0]["expected"] == "2021-11-24T09:10:30.000+07:00"
    assert values["aired"][0]["clip"] is None


def test_of_a_stand_that_is_not_there_that_is_said(room: Room) -> None:
    answer = get(room, f"/api/stand/99?key={room.parts.keys.for_stand(99)}")
    assert (answer.status_code, set(answer.json())) == (404, {"id", "en"})


@pytest.mark.parametrize("name", ["stage", "overlay"])
def test_a_screen_s_events_need_its_own_key_and_name_none_of_the_crew(
    room: Room, name: str
) -> None:
    key = room.parts.keys.for_screen(name)
    assert get(room, f"/api/{name}/events").status_code == 401
    other = {"stage": "overlay", "overlay": "stage"}[name]
    assert get(room, f"/api/{other}/events?key={key}").status_code == 403
    with get(room, f"/api/{name}/events?key={key}", stream=True) as answer:
        data = next(line for line in answer.iter_lines() if line.startswith(b"data: "))
    values = json.loads(data.removeprefix(b"data: "))
    assert values["on"]["stand"] == 1
    assert b"Rahasia" not in data


def test_before_anything_is_known_the_pages_are_there(tmp_path: Path, ffmpeg: str) -> None:
    with control_room(event(tmp_path, ffmpeg), still=True) as room:
        key = room.parts.keys.for_stand(1)
        values = get(room, f"/api/stand/1?key={key}").json()
        assert (values["on"], values["aired_s"]) == (None, 60.0)
        assert get(room, f"/stand/1?key={key}").status_code == 200
        assert get(room, "/etalase").status_code == 200


def test_without_a_rundown_that_can_be_read_that_is_said_and_nothing_breaks(
    tmp_path: Path, ffmpeg: str
) -> None:
    settings = event(tmp_path, ffmpeg)
    settings.rundown.write_text("stands: 7", encoding="utf-8")
    with control_room(settings, still=True) as room:
        organiser = room.cookies("organiser")
        for path in ("/etalase", f"/stand/1?key={room.parts.keys.for_stand(1)}", "/manifest"):
            assert get(room, path, cookies=organiser).status_code == 503


def test_a_damaged_journal_hides_its_day_and_breaks_no_page(tmp_path: Path, ffmpeg: str) -> None:
    settings = event(tmp_path, ffmpeg)
    with (tmp_path / "air" / "2021-11-24" / "journal.jsonl").open("ab") as journal:
        journal.write(b"this is no line\n" * 2)
    with control_room(settings, still=True) as room:
        assert get(room, "/etalase").status_code == 200
        key = room.parts.keys.for_stand(1)
        assert get(room, f"/api/stand/1?key={key}").json()["aired"] == []
        told = get(room, "/manifest", cookies=room.cookies("organiser"))
        assert told.status_code == 503
        assert "journal.jsonl" in told.text


def test_a_session_that_airs_on_is_told_at_the_next_look(tmp_path: Path, ffmpeg: str) -> None:
    settings = event(tmp_path, ffmpeg)
    journal = tmp_path / "air" / "2021-11-24" / "journal.jsonl"
    whole = journal.read_bytes()
    journal.write_bytes(b"".join(whole.splitlines(keepends=True)[:4]))  # up to stand 1's end
    with control_room(settings, still=True) as room:
        address = f"/api/stand/2?key={room.parts.keys.for_stand(2)}"
        assert get(room, address).json()["aired"] == []
        journal.write_bytes(whole)
        assert len(get(room, address).json()["aired"]) == 1


def test_the_manifest_is_for_those_who_may_account_and_shows_what_is_chosen(room: Room) -> None:
    assert get(room, "/manifest").status_code == 303
    assert get(room, "/manifest.csv").status_code == 303
    assert get(room, "/manifest", cookies=room.cookies("crew")).status_code == 403
    organiser = room.cookies("organiser")
    whole = get(room, "/manifest", cookies=organiser).text
    assert ODD not in whole
    assert whole.count('class="card stand"') == 3
    for query, stands in [
        ("category=Makanan", [2]),
        ("origin=Pekalongan", [1, 3]),
        ("status=met", [2, 3]),
        ("stand=1", [1]),
        ("stand=77", []),
        ("sort=owed", [1, 2, 3]),
        ("sort=name", [1, 3, 2]),
        ("session=2021-11-25", [1, 2]),
    ]:
        given = get(room, f"/manifest.json?{query}", cookies=organiser).json()
        assert [one["stand"] for one in given["stands"]] == stands, query


def test_a_session_alone_lists_less_and_owes_the_same(room: Room) -> None:
    organiser = room.cookies("organiser")
    (stand,) = get(room, "/manifest.json?session=2021-11-25&stand=1", cookies=organiser).json()[
        "stands"
    ]
    assert stand["airings"] == []
    assert (stand["aired_s"], stand["owed_s"]) == (60, 60)


@pytest.mark.parametrize(
    ("form", "begins"),
    [("csv", b"\xef\xbb\xbfStand"), ("xlsx", b"PK"), ("json", b"{"), ("html", b"<!doctype html>")],
)
def test_the_manifest_is_saved_as_a_file(room: Room, form: str, begins: bytes) -> None:
    answer = get(room, f"/manifest.{form}", cookies=room.cookies("organiser"))
    assert answer.content.startswith(begins)
    assert f'filename="manifest.{form}"' in answer.headers["Content-Disposition"]


def test_another_format_is_not_known(room: Room) -> None:
    assert get(room, "/manifest.exe", cookies=room.cookies("organiser")).status_code == 404
