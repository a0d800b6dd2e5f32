"""From a piece or a list of sounds to the argv of one ffmpeg run. Pure: nothing is run or written.

Graphs are built with ffmpeg-python. Still pictures come as PNG files with alpha; moves are eased and
drawn by ffmpeg. Every picture graph ends in the same tags, since colour and aspect stand in the SPS.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import ffmpeg

from pipeline.overlays import Drawn, photo_window
from pipeline.segments.house import COLOUR, DELAY, audio_arguments, video_arguments
from pipeline.segments.plan import (
    CataloguePiece,
    Cue,
    FootagePiece,
    Page,
    Piece,
    SlatePiece,
    Sound,
)
from pipeline.segments.probe import VIDEO_FORMATS, Footage
from pipeline.settings import House

MOVE = 12
"""Frames in which a cue comes in or goes out."""

SUPERSAMPLED = 4
"""A photo is this much larger than its window, so that a slow push-in doesn't shimmer."""

Stream = Any  # ffmpeg-python has no types
Still = Callable[[Drawn], Path]
PhotoFile = Callable[[Page], Path]

_LIMITER = {"level": 0, "attack": 2, "release": 80, "latency": 1}
_BT709 = {"out_color_matrix": "bt709", "out_range": "tv"}


class _Fades(NamedTuple):
    """Whether a picture fades in when it comes and out when it goes."""

    comes: bool = True
    goes: bool = True


_BOTH = _Fades()


def picture_argv(
    ffmpeg_path: str, piece: Piece, house: House, still: Still, photo_file: PhotoFile, out: Path
) -> list[str]:
    """The run that encodes a piece's pictures into `out` (MPEG-TS), exactly `piece.frames` of them.

    `still` and `photo_file` tell where a drawn picture and a page's photo lie as files.
    """
    match piece:
        case FootagePiece():
            stream = _cued(_footage(piece, house), piece.cues, house, still)
            stream = _placed(stream, piece.bug, still, piece.bug.x, piece.bug.y)
        case CataloguePiece():
            stream = _catalogue(piece, house, still, photo_file)
            stream = _in_the_window(stream, piece.bug, house, still)
        case SlatePiece():
            stream = _breathing(_still(still(piece.ground), house), piece.frames)
    stream = _finished(stream, piece.frames, house)
    return _argv(ffmpeg_path, stream, video_arguments(house), out)


def insert_argv(
    ffmpeg_path: str,
    under: Path | FootagePiece,
    skip: int,
    cue: Cue | None,
    frames: int,
    house: House,
    still: Still,
    out: Path,
) -> list[str]:
    """The run that encodes `frames` pictures with a cue over them.

    `under` are finished pictures as a file, or footage with the cues that stay; the first `skip` of
    them are left out. `cue` counts from the first that isn't, and may have begun before it.
    """
    if isinstance(under, Path):
        stream = ffmpeg.input(str(under), format="mpegts").video.filter("trim", start_frame=skip)
        stream = stream.filter("setpts", f"N/({house.fps}*TB)")
    else:
        stream = _footage(under, house, skip)
        stream = _cued(stream, [_sooner(one, skip) for one in under.cues], house, still)
        stream = _placed(stream, under.bug, still, under.bug.x, under.bug.y)
    if cue is not None:
        stream = _moved(stream, cue, house, still)
    stream = _finished(stream, frames, house)
    return _argv(ffmpeg_path, stream, video_arguments(house), out)


def _sooner(cue: Cue, frames: int) -> Cue:
    return replace(cue, first=cue.first - frames, last=cue.last - frames)


def _argv(ffmpeg_path: str, stream: Stream, encoder: list[str], out: Path) -> list[str]:
    output = ffmpeg.output(stream, str(out), format="mpegts", muxdelay=0, muxpreload=0)
    argv: list[str] = output.compile(cmd=ffmpeg_path, overwrite_output=True)
    head = [*_head(argv[0]), "-loglevel", "error", "-progress", "pipe:1"]
    return [*head, *argv[1:-2], *encoder, *argv[-2:]]


def _head(ffmpeg_path: str) -> list[str]:
    return [ffmpeg_path, "-nostdin", "-hide_banner", "-copyts"]


def _open(source: Footage, since: float = 0) -> Stream:
    """`since`: seconds of it that aren't decoded; time stamps stay what they are (`-copyts`)."""
    sought = {"ss": f"{since:.6f}"} if since > 0 else {}
    return ffmpeg.input(
        str(source.path), format_whitelist=VIDEO_FORMATS, protocol_whitelist="file", **sought
    )


def _since(source: Footage) -> str:
    """Time stamps counted from the first picture.

    ffmpeg runs with `-copyts` for this: the zero it chooses by itself depends, in MPEG-TS and its
    kin, on which streams a run uses, so that picture and sound would not agree.
    """
    return f"PTS-{float(source.begins):.6f}/TB"


def _still(path: Path, house: House, pixels: str = "yuv420p") -> Stream:
    """A drawn picture (RGB) in the house's colours, decoded once and shown again and again."""
    stream = ffmpeg.input(str(path), framerate=house.fps)
    stream = stream.filter("scale", **_BT709).filter("format", pixels)
    return stream.filter("loop", loop=-1, size=1).filter("setpts", f"N/({house.fps}*TB)")


def _footage(piece: FootagePiece, house: House, skip: int = 0) -> Stream:
    """The video at the house's size; another shape is set on a blurred enlargement of itself.

    The first `skip` frames are left out. Decoding begins a little before, so that the frame after
    them is the same as without.
    """
    early = max(0, skip - house.fps)
    stream = _open(piece.source, early / house.fps)["V"].filter("setpts", _since(piece.source))
    stream = stream.filter("bwdif", mode="send_frame", deint="interlaced")
    stream = stream.filter("fps", house.fps, start_time=early / house.fps)
    if skip:
        stream = stream.filter("trim", start_frame=skip - early)
        stream = stream.filter("setpts", f"N/({house.fps}*TB)")
    shape = piece.source.width * house.height / (piece.source.height * house.width)
    # Square pixels first: what follows knows no others.
    matrix = piece.source.matrix
    stream = stream.filter("scale", "iw*sar", "ih", in_color_matrix=matrix, **_BT709)
    stream = stream.filter("setsar", 1)
    if abs(shape - 1) < 0.01:
        return _scaled(stream, house.width, house.height)
    both = stream.filter_multi_output("split")
    ground = _scaled(both[0], house.width // 8, house.height // 8, "increase")
    ground = ground.filter("crop", house.width // 8, house.height // 8).filter("gblur", sigma=5)
    ground = ground.filter("eq", brightness=-0.12, saturation=0.8)
    ground = _scaled(ground, house.width, house.height)
    whole = _scaled(both[1], house.width, house.height, "decrease")
    return ground.overlay(whole, x="(W-w)/2", y="(H-h)/2")


def _scaled(stream: Stream, width: int, height: int, keep: str = "disable") -> Stream:
    sized = stream.filter(
        "scale",
        width,
        height,
        force_original_aspect_ratio=keep,
        force_divisible_by=2,
        flags="bicubic",
    )
    return sized.filter("setsar", 1).filter("format", "yuv420p")


def _catalogue(piece: CataloguePiece, house: House, still: Still, photo_file: PhotoFile) -> Stream:
    """The ground, with each page's photo and card over it; a photo cross-fades into the next.

    The first is there from the first frame and the last to the last: the window is never empty.
    """
    stream = _still(still(piece.ground), house)
    following = (*piece.pages[1:], None)
    for number, (page, after) in enumerate(zip(piece.pages, following, strict=True)):
        first = piece.frames * number // len(piece.pages)
        last = piece.frames * (number + 1) // len(piece.pages)
        if page.photo is not None:
            overlap = MOVE if after else 0
            covered = after is None or after.photo is not None
            fades = _Fades(comes=number > 0, goes=not covered)
            stream = _photo(stream, photo_file(page), first, last + overlap, house, fades)
        stream = _moved(
            stream, Cue(page.card, first + MOVE // 2, last), house, still, from_right=True
        )
    return stream


def _photo(
    stream: Stream, path: Path, first: int, last: int, house: House, fades: _Fades
) -> Stream:
    """A photo in the ground's window, pushed in slowly (6 % over its time, eased)."""
    x, y, width, height = photo_window(house.width, house.height)
    frames = last - first
    ease = f"(1-cos(PI*on/{frames}))/2"
    photo = ffmpeg.input(str(path)).filter("scale", **_BT709).filter("format", "yuv444p")
    photo = photo.filter(
        "zoompan",
        z=f"1+0.06*{ease}",
        x="(iw-iw/zoom)/2",
        y="(ih-ih/zoom)/2",
        d=frames,
        s=f"{width}x{height}",
        fps=house.fps,
    )
    photo = _faded(photo.filter("format", "yuva420p"), frames, first, house, fades)
    return stream.overlay(photo, x=x, y=y, eof_action="pass")


def _cued(stream: Stream, cues: Sequence[Cue], house: House, still: Still) -> Stream:
    for cue in cues:
        stream = _moved(stream, cue, house, still)
    return stream


def _moved(
    stream: Stream, cue: Cue, house: House, still: Still, *, from_right: bool = False
) -> Stream:
    """A cue that slides a little and fades in, stays, and fades out."""
    frames = cue.last - cue.first
    picture = _still(still(cue.drawn), house, "yuva420p").filter("trim", end_frame=frames)
    way = house.width // 32 * (1 if from_right else -1)
    arrived = f"min(1,(t*{house.fps}-{cue.first})/{MOVE})"
    x = f"{cue.drawn.x}+{way}*pow(1-{arrived},3)"
    return stream.overlay(
        _faded(picture, frames, cue.first, house), x=x, y=cue.drawn.y, eof_action="pass"
    )


def _faded(picture: Stream, frames: int, first: int, house: House, fades: _Fades = _BOTH) -> Stream:
    """A picture of so many frames as it appears from frame `first` on."""
    move = max(1, min(MOVE, frames // 3))
    if fades.comes:
        picture = picture.filter("fade", type="in", start_frame=0, nb_frames=move, alpha=1)
    if fades.goes:
        start = frames - move
        picture = picture.filter("fade", type="out", start_frame=start, nb_frames=move, alpha=1)
    return picture.filter("setpts", f"PTS-STARTPTS+{first}/({house.fps}*TB)")


def _placed(stream: Stream, drawn: Drawn, still: Still, x: int, y: int) -> Stream:
    """A cue that stays throughout."""
    picture = ffmpeg.input(str(still(drawn))).filter("scale", **_BT709)
    picture = picture.filter("format", "yuva420p")
    return stream.overlay(picture, x=x, y=y, eof_action="repeat")


def _in_the_window(stream: Stream, bug: Drawn, house: House, still: Still) -> Stream:
    """The bug at the photo's corner: its own place in the frame is the product card's."""
    x, y, width, _ = photo_window(house.width, house.height)
    edge = house.width // 80
    return _placed(stream, bug, still, (x + width - bug.width - edge) // 2 * 2, (y + edge) // 2 * 2)


def _breathing(stream: Stream, frames: int) -> Stream:
    """A soft light that swells and fades once, so that the holding picture is never frozen."""
    return stream.filter("eq", brightness=f"0.025*(1-cos(2*PI*n/{frames}))/2", eval="frame")


def _finished(stream: Stream, frames: int, house: House) -> Stream:
    stream = stream.filter("tpad", stop=-1, stop_mode="clone").filter("trim", end_frame=frames)
    stream = stream.filter("format", "yuv420p").filter("setsar", 1)
    stream = stream.filter("setparams", **dict(pair.split("=") for pair in COLOUR.split(":")))
    return stream.filter("setpts", f"N/({house.fps}*TB)")


def sound_argv(
    ffmpeg_path: str,
    pictures: Path,
    sounds: Sequence[Sound],
    gains: Sequence[float],
    ceiling: float,
    bed: Path,
    house: House,
    out: Path,
) -> list[str]:
    """The run that puts sound to finished pictures, which are copied.

    `gains` are in dB, one for each sound. Each sound fades in and out; before encoding, the whole
    stays below `ceiling` in dBTP (the limiter works at four times the rate, where peaks between
    samples show). It is padded by one AAC frame, so that a join always finds the frame it may need.
    """
    # The pictures' own time stamps begin where the first is shown, the sounds' at 0.
    ahead = -float(house.rate.seconds(DELAY))
    video = ffmpeg.input(str(pictures), format="mpegts", itsoffset=ahead).video
    spans = [_sound(sound, gain, bed, house) for sound, gain in zip(sounds, gains, strict=True)]
    whole = ffmpeg.concat(*spans, v=0, a=1) if len(spans) > 1 else spans[0]
    whole = whole.filter("aresample", 4 * house.rate.sampling)
    whole = whole.filter("alimiter", limit=round(10 ** (ceiling / 20), 4), **_LIMITER)
    whole = whole.filter("aresample", house.rate.sampling).filter("apad", pad_len=1024)
    output = ffmpeg.output(video, whole, str(out), format="mpegts", muxdelay=0, muxpreload=0)
    argv: list[str] = output.compile(cmd=ffmpeg_path, overwrite_output=True)
    head = [*_head(argv[0]), "-loglevel", "error"]
    return [*head, *argv[1:-2], "-c:v", "copy", *audio_arguments(house), *argv[-2:]]


def _sound(sound: Sound, gain: float, bed: Path, house: House) -> Stream:
    samples = sound.frames * house.rate.sampling // house.fps
    fade = 0.02 if sound.frames < house.fps * 2 else 0.3 if sound.source else 0.02
    length = samples / house.rate.sampling
    stream = _raw_sound(sound, bed, house)
    stream = stream.filter("apad").filter("atrim", end_sample=samples)
    stream = stream.filter("volume", f"{gain:.2f}dB")
    stream = stream.filter("afade", type="in", duration=0.02)
    return stream.filter("afade", type="out", start_time=length - fade, duration=fade)


def _raw_sound(sound: Sound, bed: Path, house: House) -> Stream:
    if sound.source is not None:
        stream = _open(sound.source).audio.filter("asetpts", _since(sound.source))
        stream = stream.filter("atrim", start=0)
    else:
        stream = ffmpeg.input(str(bed), stream_loop=-1).audio
    # `async` fills what is missing within the sound, so that nothing after it comes too early.
    stream = stream.filter("aresample", house.rate.sampling, first_pts=0, **{"async": 1})
    return stream.filter("aformat", sample_fmts="fltp", channel_layouts="stereo")


def loudness_argv(ffmpeg_path: str, sound: Sound, bed: Path, house: House) -> list[str]:
    """The run that measures a sound by itself (EBU R128); the figure is on standard error."""
    samples = sound.frames * house.rate.sampling // house.fps
    stream = _raw_sound(sound, bed, house).filter("atrim", end_sample=samples)
    stream = stream.filter("ebur128", framelog="quiet")
    return _measuring(ffmpeg_path, stream)


def file_loudness_argv(ffmpeg_path: str, path: Path) -> list[str]:
    """The same for a finished segment, with its true peak."""
    stream = ffmpeg.input(str(path), format="mpegts").audio
    stream = stream.filter("ebur128", framelog="quiet", peak="true")
    return _measuring(ffmpeg_path, stream)


def _measuring(ffmpeg_path: str, stream: Stream) -> list[str]:
    argv: list[str] = ffmpeg.output(stream, "-", format="null").compile(cmd=ffmpeg_path)
    return [*_head(argv[0]), *argv[1:]]
