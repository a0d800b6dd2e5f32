"""A profile video: three pictures of a stand become one ffmpeg run of eased moves and fades."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ffmpeg

from pipeline.rundown import Stand
from pipeline.sample.scene import FILM, batik_field, product_picture
from pipeline.sample.sound import SAMPLING, phrase
from pipeline.segments import write_wav
from pipeline.tools import run

WIDTH, HEIGHT, FPS = 1280, 720, 25
FADE = 20
"""Frames of a cross-fade."""

SUPERSAMPLED = (2560, 1440)
"""Pictures are moved at twice the size: zoompan cuts at whole pixels, which would seem to shake."""

DEADLINE = 120.0


@dataclass(frozen=True, slots=True)
class Move:
    """A camera's move over a picture: zoom and position (0 to 1 in what the zoom leaves free)."""

    zoom: tuple[float, float]
    x: tuple[float, float] = (0.5, 0.5)
    y: tuple[float, float] = (0.5, 0.5)
    hue: int = 0


# Over the field while its colours turn; towards the first product; along and away from the second.
MOVES = (
    Move((1.55, 1.2), (0.15, 0.75), (0.25, 0.6), hue=16),
    Move((1.03, 1.24), (0.5, 0.5), (0.6, 0.45)),
    Move((1.24, 1.06), (0.25, 0.6), (0.45, 0.55)),
)


def seconds_of(number: int) -> int:
    """How long the film of a stand is: 8 to 10 seconds."""
    return 8 + number % 3


def make_film(ffmpeg_path: str, stand: Stand | None, folder: Path, out: Path) -> None:
    """Draws the pictures and the sound into `folder`, and the film from them into `out`.

    Raises ToolError or ToolTimeout when ffmpeg fails.
    """
    number = stand.number if stand else 0
    pictures = [batik_field(stand)]
    if stand:
        pictures += [product_picture(stand, i, FILM) for i in range(2)]
    stills = [folder / f"{i}.png" for i in range(len(MOVES))]
    for i, still in enumerate(stills):
        pictures[i % len(pictures)].save(still, compress_level=1)
    sound = folder / "sound.wav"
    write_wav(sound, phrase(number, seconds_of(number)), SAMPLING)
    run(film_argv(ffmpeg_path, stills, sound, seconds_of(number), out), deadline=DEADLINE)


def film_argv(
    ffmpeg_path: str, stills: Sequence[Path], sound: Path, seconds: int, out: Path
) -> list[str]:
    """The run that makes `out` (MP4, exactly `seconds` long) from three stills and a sound."""
    shot = -(-(seconds * FPS + FADE * (len(stills) - 1)) // len(stills))
    film = _shot(stills[0], MOVES[0], shot)
    for i, (still, move) in enumerate(zip(stills[1:], MOVES[1:], strict=True), start=1):
        offset = i * (shot - FADE) / FPS
        film = ffmpeg.filter(
            [film, _shot(still, move, shot)], "xfade", "fade", duration=FADE / FPS, offset=offset
        )
    encoder = {
        "c:v": "libx264",
        "preset": "ultrafast",
        "crf": 26,
        "maxrate": "2500k",
        "bufsize": "5000k",
        "g": 2 * FPS,
        "pix_fmt": "yuv420p",
        "c:a": "aac",
        "b:a": "128k",
        "movflags": "+faststart",
    }
    made = ffmpeg.output(
        film, ffmpeg.input(str(sound)).audio, str(out), f="mp4", t=seconds, **encoder
    )
    words = [str(word) for word in ffmpeg.compile(made, cmd=ffmpeg_path)]
    return [words[0], "-v", "error", "-nostdin", "-y", *words[1:]]


def _shot(still: Path, move: Move, frames: int) -> Any:
    # Smoothstep: 0 to 1 without a jerk at either end.
    ease = f"(pow(on/{frames - 1},2)*(3-2*on/{frames - 1}))"

    def between(span: tuple[float, float]) -> str:
        return f"({span[0]}+{span[1] - span[0]:.4f}*{ease})"

    stream = (
        ffmpeg.input(str(still))
        .filter("scale", *SUPERSAMPLED, flags="lanczos", out_color_matrix="bt709", out_range="tv")
        .filter("format", "yuv444p")
        .filter(
            "zoompan",
            z=between(move.zoom),
            x=f"(iw-iw/zoom)*{between(move.x)}",
            y=f"(ih-ih/zoom)*{between(move.y)}",
            d=frames,
            s=f"{WIDTH}x{HEIGHT}",
            fps=FPS,
        )
        .filter("format", "yuv420p")
    )
    if move.hue:
        stream = stream.filter("hue", h=f"{move.hue}*sin(PI*n/{frames})")
    return stream.filter("setsar", 1).filter(
        "setparams", color_primaries="bt709", color_trc="bt709", colorspace="bt709"
    )
