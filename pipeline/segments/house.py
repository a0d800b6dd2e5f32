"""The house format as encoder arguments, and the test whether a stream really has it. Pure.

Every picture encoder run in the product takes its arguments from here and nowhere else: only then
are the parameter sets (SPS, PPS) of all that airs byte-equal, and packets can be spliced.
"""

import hashlib

from pipeline.settings import House

ENCODER_THREADS = 2
"""x264's rate control depends on its threads: a fixed number gives the same bytes everywhere."""

DELAY = 1
"""Frames by which decoding precedes display: B-frames that no other frame refers to ask for one."""

COLOUR = "range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"


def video_arguments(house: House) -> list[str]:
    """libx264 options for one encoder run; every run with them can be joined to every other.

    `stitchable` keeps x264 from tuning the parameter sets to the content; CBR with HRD and a closed,
    fixed GOP make each keyframe a place to enter (x264 `--fullhelp`; measured: six joins, no frame
    different and no decoder complaint).
    """
    rate = f"{house.video_kbps}k"
    return [
        *("-c:v", "libx264", "-preset", house.preset, "-profile:v", "high"),
        *("-threads:v", str(ENCODER_THREADS)),
        *("-b:v", rate, "-minrate", rate, "-maxrate", rate, "-bufsize", rate),
        *("-g", str(house.gop), "-keyint_min", str(house.gop), "-sc_threshold", "0", "-bf", "2"),
        *("-x264-params", "stitchable=1:open-gop=0:nal-hrd=cbr:force-cfr=1:b-pyramid=none"),
        *("-flags:v", "+bitexact", "-fflags", "+bitexact"),
    ]


def audio_arguments(house: House) -> list[str]:
    """AAC-LC, stereo, at the house's sampling rate."""
    return [
        *("-c:a", "aac", "-b:a", f"{house.audio_kbps}k", "-ac", "2"),
        *("-ar", str(house.rate.sampling), "-flags:a", "+bitexact", "-fflags", "+bitexact"),
    ]


def house_digest(house: House) -> str:
    """SHA-256 over all that decides the encoding: two segments with the same digest can be joined."""
    text = " ".join(
        [
            *video_arguments(house),
            *audio_arguments(house),
            f"{house.width}x{house.height}@{house.fps}",
        ]
    )
    return hashlib.sha256(text.encode()).hexdigest()
