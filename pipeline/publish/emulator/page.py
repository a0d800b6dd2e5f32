"""The emulated channel as a web page: the state comes in, one self-contained HTML page goes out."""

import functools
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template

from pipeline.publish.emulator.store import Json
from pipeline.publish.emulator.world import CHANNEL_TITLE, World

STEPS = ("created", "ready", "testing", "live", "complete")

LABELS = {
    "created": "dibuat",
    "ready": "siap",
    "testStarting": "uji dimulai",
    "testing": "diuji",
    "liveStarting": "siaran dimulai",
    "live": "tayang",
    "complete": "selesai",
    "active": "menerima data",
    "inactive": "tidak ada data",
    "uploaded": "diproses",
    "processed": "siap ditonton",
    "failed": "gagal",
    "rejected": "ditolak",
    "private": "pribadi",
    "unlisted": "tidak publik",
    "public": "publik",
}
"""Indonesian for the API's words; the English is the word itself."""


@functools.cache
def _template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    source = files("pipeline.publish.emulator") / "page.html"
    return environment.from_string(source.read_text(encoding="utf-8"))


def render(world: World, state: Json) -> str:
    """The page of the channel; `state` as `/emulator/state` gives it, newest last in each table."""
    broadcasts = [*reversed(state["broadcasts"].values())]
    uploads = [
        video for name, video in reversed(state["videos"].items()) if name in _uploaded(state)
    ]
    return _template().render(
        title=CHANNEL_TITLE,
        url=world.url,
        limits=world.limits,
        state=state,
        broadcasts=broadcasts,
        uploads=uploads,
        labels=LABELS,
        steps=STEPS,
        reached={row["id"]: _reached(row["status"]["lifeCycleStatus"]) for row in broadcasts},
    )


def _uploaded(state: Json) -> set[str]:
    return {name for name, note in state["notes"].items() if "file" in note}


def _reached(status: str) -> int:
    """How many of the steps are done; a *Starting status counts as the step before it ends."""
    step = {"testStarting": "testing", "liveStarting": "live"}.get(status, status)
    return STEPS.index(step) + (status == step)
