"""Proof: a true program passes, and whatever is tampered with is found and named."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pipeline.air import PictureDigest
from pipeline.manifest import Verdict, verify
from pipeline.manifest.pictures import Fit
from pipeline.splice import Picture, SegmentReader, Stamp, Timeline, TransportWriter
from pipeline.timing import Rate

RATE = Rate(25)
PACKET = 188
Opens = Callable[..., Any]
Rewrites = Callable[[Path, Sequence[dict[str, Any]]], None]


@dataclass(frozen=True)
class Aired:
    """A session that really was spliced together, with its journal and its segments."""

    folder: Path
    lines: list[dict[str, Any]]
    segments: dict[str, Path]
    ffmpeg: str

    @property
    def log(self) -> Path:
        return self.folder / "program-0001.ts"

    def verify(self, *, deep: bool = False) -> Verdict:
        return verify(self.folder, self.segments.get, self.ffmpeg, deep=deep)


@pytest.fixture(scope="session")
def segments(
    tmp_path_factory: pytest.TempPathFactory, make_segment: Callable[[Path, int, int], Path]
) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("segments")
    lengths = {"video": (100, 0), "katalog": (75, 90), "jeda": (50, 180)}
    return {
        hashlib.sha256(name.encode()).hexdigest(): make_segment(folder / f"{name}.ts", *how)
        for name, how in lengths.items()
    }


@pytest.fixture
def aired(tmp_path: Path, show: Opens, segments: dict[str, Path], ffmpeg: str) -> Aired:
    """Slate looped two and a half times, a whole video, a cut catalogue, and the video again."""
    one = show(stands=[(1, "Batik", 60)])
    folder = tmp_path / one.session
    folder.mkdir()
    video, catalogue, slate = segments.values()
    with (folder / one.part).open("wb", buffering=0) as file, SegmentReader(slate, RATE) as like:
        timeline = Timeline(RATE, like.delay)
        with TransportWriter(file, like) as writer:
            for path, frames in ((slate, 124), (video, 100), (catalogue, 40), (video, 100)):
                sent, digest = play(path, frames, timeline, writer)
                one.air(sent, stand=1, item="1-01", title=path.stem, packets=digest)
    one.close()
    one.save(tmp_path)
    return Aired(folder, one.lines, segments, ffmpeg)


class Disk:
    """A log whose disk is full between two frames of the session; goes on at a keyframe, in a new part."""

    def __init__(self, folder: Path, like: SegmentReader, full: int, room: int) -> None:
        self.folder, self.like, self.full, self.room = folder, like, full, room
        self.frame = 0
        self.parts = 0
        self.begun = 0
        self.writer: TransportWriter | None = None
        self.open()

    def open(self) -> None:
        self.parts += 1
        self.begun = self.frame
        self.file = (self.folder / f"program-{self.parts:04}.ts").open("wb", buffering=0)
        self.writer = TransportWriter(self.file, self.like)

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()
            self.file.close()
        self.writer = None

    def picture(self, picture: Picture, stamp: Stamp) -> None:
        if self.frame == self.full:
            self.close()
        if self.writer is None and self.frame >= self.room and picture.key:
            self.open()
        if self.writer is not None:
            self.writer.picture(picture, stamp)
        self.frame += 1

    def sound(self, data: bytes, stamp: Stamp) -> None:
        if self.writer is not None:
            self.writer.sound(data, stamp)


@pytest.fixture
def disk_full(
    tmp_path: Path, show: Opens, segments: dict[str, Path], ffmpeg: str
) -> Callable[[int, int], Aired]:
    """The same program, with frames in it that were not recorded."""

    def made(full: int, room: int) -> Aired:
        one = show(stands=[(1, "Batik", 60)])
        folder = tmp_path / one.session
        folder.mkdir()
        video, _, slate = segments.values()
        with SegmentReader(slate, RATE) as like:
            disk, timeline = Disk(folder, like, full, room), Timeline(RATE, like.delay)
            for path, frames in ((slate, 100), (video, 300), (slate, 50)):
                began = f"program-{disk.parts:04}.ts"
                sent, digest = play(path, frames, timeline, disk)
                one.part = began
                one.air(sent, stand=1, item="1-01", title=path.stem, packets=digest)
            disk.close()
        back = disk.begun if disk.parts == 2 else disk.frame
        if back > full:
            one.write("unrecorded", first_frame=full, frames=back - full, error="disk penuh")
        if disk.parts == 2:
            one.write("part", part="program-0002.ts", first_frame=back)
        one.close()
        one.save(tmp_path)
        return Aired(folder, one.lines, segments, ffmpeg)

    return made


def play(path: Path, frames: int, timeline: Timeline, writer: Any) -> tuple[int, str]:
    """Sends at least that many frames of a segment, from its start as often as needed."""
    digest = PictureDigest()
    sent = 0
    while sent < frames:
        timeline.enter()
        with SegmentReader(path, RATE) as reader:
            while (picture := reader.picture()) is not None:
                writer.picture(picture, timeline.picture(picture))
                digest.update(picture.data, picture.key)
                sent += 1
                while timeline.sounds_due > 0 and (sound := reader.sound()) is not None:
                    writer.sound(sound, timeline.sound())
                if sent >= frames and timeline.contiguous:
                    break
    return sent, digest.hexdigest()


def first_fault(verdict: Verdict) -> str:
    assert not verdict.ok
    return f"{verdict.faults[0].where}: {verdict.faults[0].what.en}"


def test_a_true_program_passes_to_the_last_picture(aired: Aired) -> None:
    frames = aired.lines[-1]["frames"]
    assert 364 <= frames <= 370
    assert aired.verify() == Verdict(frames, ())
    assert aired.verify(deep=True) == Verdict(frames, ())


def test_a_changed_byte_in_the_journal_is_found(aired: Aired, rewrite: Rewrites) -> None:
    aired.lines[4]["title"] = "Lain"
    rewrite(aired.folder, aired.lines)
    assert first_fault(aired.verify()).startswith("journal.jsonl, baris/line 5: this line")


def test_a_removed_line_is_found(aired: Aired, rewrite: Rewrites) -> None:
    del aired.lines[4]
    rewrite(aired.folder, aired.lines)
    assert first_fault(aired.verify()).startswith("journal.jsonl, baris/line 5: the chain")


def test_two_swapped_lines_are_found(aired: Aired, rewrite: Rewrites) -> None:
    aired.lines[2], aired.lines[3] = aired.lines[3], aired.lines[2]
    rewrite(aired.folder, aired.lines)
    assert first_fault(aired.verify()).startswith("journal.jsonl, baris/line 3: the chain")


def test_a_cut_tail_of_the_journal_is_found(aired: Aired, rewrite: Rewrites) -> None:
    rewrite(aired.folder, aired.lines[:-1])
    assert "tail is gone" in first_fault(aired.verify())


def test_a_journal_that_is_no_text_or_not_there_is_said(aired: Aired) -> None:
    journal = aired.folder / "journal.jsonl"
    journal.write_bytes(b"\xff\x00 not a line\n" + journal.read_bytes())
    assert "damaged" in first_fault(aired.verify())
    journal.unlink()
    assert "opens no session" in first_fault(aired.verify())


def test_frames_of_the_program_that_no_airing_accounts_for_are_found(
    aired: Aired, show: Opens
) -> None:
    forged = show(stands=[(1, "Batik", 60)])
    forged.air(50, stand=1)
    forged.frame += 20
    forged.air(50, stand=1)
    forged.close()
    forged.save(aired.folder.parent)
    assert first_fault(aired.verify()).startswith("journal.jsonl, frame 50: airings reach frame 50")


def test_an_airing_that_claims_the_wrong_length_is_found(aired: Aired, show: Opens) -> None:
    forged = show(stands=[(1, "Batik", 60)])
    forged.air(aired.lines[-1]["frames"] + 25, stand=1, title="Panjang")
    forged.close()
    forged.save(aired.folder.parent)
    wheres = [fault.where for fault in aired.verify().faults]
    assert f"program-0001.ts, frame {aired.lines[-1]['frames']}" in wheres


def test_a_swapped_picture_in_the_program_log_is_named_by_its_frame(aired: Aired) -> None:
    swap_payload(aired.log, frame=150)
    verdict = aired.verify()
    assert first_fault(verdict).startswith("program-0001.ts, frame 150: the packets of airing 2")
    assert len(verdict.faults) == 1


def test_a_program_log_that_ends_early_is_named_by_its_first_missing_frame(aired: Aired) -> None:
    data = aired.log.read_bytes()
    aired.log.write_bytes(data[: len(data) * 3 // 5 // PACKET * PACKET])
    verdict = aired.verify()
    count = verdict.checked_frames
    assert 0 < count < aired.lines[-1]["frames"]
    assert verdict.faults[-1].where == f"program-0001.ts, frame {count}"


def test_a_missing_part_is_named(aired: Aired) -> None:
    aired.log.unlink()
    verdict = aired.verify()
    assert verdict.checked_frames == 0
    assert {fault.where.partition(",")[0] for fault in verdict.faults} == {"program-0001.ts"}


def test_pictures_that_are_not_the_segments_are_found_only_when_looked_at(
    aired: Aired,
) -> None:
    video, catalogue, _ = list(aired.segments)
    other = {**aired.segments, video: aired.segments[catalogue]}
    quick = verify(aired.folder, other.get, aired.ffmpeg)
    deep = verify(aired.folder, other.get, aired.ffmpeg, deep=True)
    assert quick.ok
    assert len(deep.faults) == 2
    assert "isn't its segment's" in deep.faults[0].what.en


def test_a_segment_that_is_gone_is_said_with_what_to_do(aired: Aired) -> None:
    verdict = verify(aired.folder, lambda key: None, aired.ffmpeg, deep=True)
    assert len(verdict.faults) == 4
    assert verdict.faults[0].hint is not None


def test_a_part_without_a_single_frame_is_no_fault(aired: Aired, show: Opens) -> None:
    empty = show(stands=[])
    empty.close()
    empty.save(aired.folder.parent)
    aired.log.write_bytes(b"")
    assert aired.verify(deep=True) == Verdict(0, ())


@pytest.mark.parametrize("full", [160, 161, 162, 163])
def test_frames_that_were_not_recorded_are_told_and_speak_against_nothing(
    disk_full: Callable[[int, int], Aired], full: int
) -> None:
    aired = disk_full(full, 230)
    frames = aired.lines[-1]["frames"]
    verdict = aired.verify(deep=True)
    lost = verdict.unrecorded_frames
    assert verdict.faults == ()
    assert 230 - full <= lost < 300 - full
    assert verdict.checked_frames == frames - lost


def test_a_recording_that_never_came_back_is_told(disk_full: Callable[[int, int], Aired]) -> None:
    aired = disk_full(130, 9999)
    frames = aired.lines[-1]["frames"]
    assert aired.verify(deep=True) == Verdict(130, (), frames - 130)


def test_an_airing_that_goes_on_in_the_next_part_is_proved_to_its_hash(
    disk_full: Callable[[int, int], Aired],
) -> None:
    aired = disk_full(150, 150)  # a keyframe of the video: nothing is lost
    assert aired.verify(deep=True) == Verdict(aired.lines[-1]["frames"], ())
    swap_payload(aired.folder / "program-0002.ts", frame=30)
    verdict = aired.verify()
    assert first_fault(verdict).startswith("program-0002.ts, frame 180: the packets of airing 2")
    assert len(verdict.faults) == 1


def test_a_wrong_picture_after_frames_that_were_not_recorded_is_named_by_its_frame(
    disk_full: Callable[[int, int], Aired],
) -> None:
    aired = disk_full(150, 230)
    video, catalogue, _ = list(aired.segments)
    other = {**aired.segments, video: aired.segments[catalogue]}
    (fault,) = verify(aired.folder, other.get, aired.ffmpeg, deep=True).faults
    assert fault.where == "program-0001.ts, frame 100"
    assert "airing 2" in fault.what.en


def test_a_part_that_ends_before_the_disk_was_full_is_found(
    disk_full: Callable[[int, int], Aired],
) -> None:
    aired = disk_full(150, 230)
    aired.log.write_bytes(aired.log.read_bytes()[: 40 * PACKET])
    wheres = [fault.where for fault in aired.verify().faults]
    assert wheres[-1].startswith("program-0001.ts, frame")
    assert all(where.startswith("program-0001.ts") for where in wheres)


def test_frames_in_no_part_that_no_line_admits_are_found(aired: Aired, show: Opens) -> None:
    silent = show(stands=[])
    silent.air(100)
    silent.write("unrecorded", first_frame=20, frames=30, error="disk penuh")
    silent.close()
    silent.save(aired.folder.parent)
    assert "50 frames are recorded or said not to be, but 100 aired" in first_fault(aired.verify())


def test_an_airing_whose_hash_died_with_air_is_checked_by_its_number_of_frames(
    aired: Aired, show: Opens
) -> None:
    killed = show(stands=[])
    killed.air(aired.lines[-1]["frames"], packets="", cut=True)
    killed.close()
    killed.save(aired.folder.parent)
    assert aired.verify() == Verdict(aired.lines[-1]["frames"], ())


@pytest.mark.parametrize(
    ("aired", "wrong"),
    [
        ("abcd", None),
        ("abc", None),
        ("abcdabcdab", None),
        ("cdab", None),
        ("", None),
        ("abXd", 2),
        ("abcdabXd", 6),
        ("X", 0),
    ],
)
def test_what_aired_is_the_segment_entered_anywhere_repeated_and_cut(
    aired: str, wrong: int | None
) -> None:
    fit = Fit("abcd")
    for place, picture in enumerate(aired):
        fit.add(place, picture)
    assert fit.wrong == wrong


def swap_payload(log: Path, frame: int) -> None:
    """Changes one byte in the middle of the coded picture that is sent as that frame."""
    data = bytearray(log.read_bytes())
    begins = [
        at
        for at in range(0, len(data), PACKET)
        if (data[at + 1] & 0x5F) == 0x41 and data[at + 2] == 0x00
    ]
    data[begins[frame] + PACKET - 10] ^= 0x01
    log.write_bytes(data)
