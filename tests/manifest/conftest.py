"""An honest little journal writer: the chained lines of sessions that never aired."""

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest


class Show:
    """Plays items frame after frame and writes what a real air would have written."""

    def __init__(
        self,
        start: str = "2021-11-24T08:00:00+07:00",
        *,
        session: str = "2021-11-24",
        fps: int = 25,
        stands: Sequence[tuple[int, str, int]] = (),
        planned: Sequence[dict[str, Any]] = (),
    ) -> None:
        self.lines: list[dict[str, Any]] = []
        self.session, self.fps = session, fps
        self.began = datetime.fromisoformat(start)
        self.frame = 0
        self.occurrence = 0
        self.part = "program-0001.ts"
        self.names = {number: name for number, name, _ in stands}
        self.write(
            "open",
            session=session,
            event_name="Pameran Uji",
            fps=fps,
            sampling=48_000,
            house="0" * 64,
            rundown="1" * 64,
            stands=[dict(zip(("number", "name", "entitled_s"), s, strict=True)) for s in stands],
            planned=list(planned),
        )
        self.write("part", part=self.part, first_frame=0)

    @property
    def now(self) -> datetime:
        return self.began + timedelta(microseconds=self.frame * 1_000_000 // self.fps)

    def write(self, event: str, **fields: Any) -> None:
        line: dict[str, Any] = {
            "n": len(self.lines) + 1,
            "at": self.now.isoformat(timespec="microseconds"),
            "frame": self.frame,
            "event": event,
            **fields,
            "prev": self.lines[-1]["hash"] if self.lines else "0" * 64,
        }
        self.lines.append({**line, "hash": hashlib.sha256(canonical(line)).hexdigest()})

    def air(
        self,
        frames: int,
        *,
        item: str | None = None,
        stand: int | None = None,
        kind: str = "video",
        title: str = "Judul",
        cut: bool = False,
        packets: str | None = None,
        segment: str = "",
        **other: Any,
    ) -> None:
        """Airs an item for that many frames."""
        self.occurrence += 1
        first = self.frame
        hashed = hashlib.sha256(f"{title}{first}".encode()).hexdigest()
        self.write(
            "start",
            occurrence=self.occurrence,
            item=item,
            kind=kind,
            planned_kind=other.pop("planned_kind", kind if item else None),
            stand=stand,
            stand_name=self.names.get(stand or 0),
            title=title,
            segment=segment or hashlib.sha256(title.encode()).hexdigest(),
            reason="rundown",
            first_frame=first,
        )
        self.frame += frames
        self.write(
            "end",
            occurrence=self.occurrence,
            first_frame=first,
            frames=frames,
            part=self.part,
            audio_frames=round(frames / self.fps * 48_000 / 1024),
            packets=hashed if packets is None else packets,
            cut=cut,
        )

    def deliver(
        self,
        first: int,
        frames: int,
        state: str = "ended",
        *,
        to: str = "youtube",
        error: str | None = None,
    ) -> None:
        self.write(
            "delivery",
            destination=to,
            state=state,
            first_frame=first,
            frames=frames,
            error=error,
        )

    def close(self) -> None:
        self.write("close", frames=self.frame, audio_frames=round(self.frame * 1.875))

    def save(self, air: Path) -> Path:
        """Writes the journal where air would have, and returns the session's folder."""
        folder = air / self.session
        folder.mkdir(parents=True, exist_ok=True)
        write_lines(folder, self.lines)
        return folder


def canonical(line: dict[str, Any]) -> bytes:
    return json.dumps(line, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def write_lines(folder: Path, lines: Sequence[dict[str, Any]]) -> None:
    text = b"".join(canonical(line) + b"\n" for line in lines)
    (folder / "journal.jsonl").write_bytes(text)


@pytest.fixture(scope="session")
def show() -> Callable[..., Show]:
    """Opens a session whose journal the test fills."""
    return Show


@pytest.fixture(scope="session")
def rewrite() -> Callable[[Path, Sequence[dict[str, Any]]], None]:
    """Puts other lines into a session's journal."""
    return write_lines
