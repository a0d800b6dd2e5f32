"""Captions of a clip, from the file that lies beside its video: put on once.

A video's id and a file come in. It must not know whose they are.
"""

from pathlib import Path

from pipeline.clock import Clock
from pipeline.errors import OutsideError, Text
from pipeline.publish.ledger import Ledger
from pipeline.publish.outcomes import Rejected, Uncertain, demand
from pipeline.publish.youtube import YouTubeApi

TYPES = (".vtt", ".srt")
"""WebVTT and SubRip (https://support.google.com/youtube/answer/2734698)."""


def add(
    api: YouTubeApi, ledger: Ledger, clock: Clock, video: str, file: Path, language: str
) -> None:
    """Puts a track on a video. That there is one in that language already is as good.

    OutsideError: the file can't be read; YouTubeError. After a lost answer it is asked again: YouTube
    takes no second track of the same language and name.
    """
    try:
        text = file.read_bytes()
    except OSError as error:
        raise OutsideError(
            Text(f"{file} tidak dapat dibaca: {error}", f"can't read {file}: {error}")
        ) from error
    body = {"snippet": {"videoId": video, "language": language, "name": ""}}
    for _ in range(2):
        outcome = api.write("captions.insert", media=text, part="snippet", body=body)
        if not isinstance(outcome, Uncertain):
            break
    if not (isinstance(outcome, Rejected) and outcome.reason == "captionExists"):
        demand(outcome, Text("memasang takarir", "adding the captions"))
    ledger.note("captioned", video=video)
