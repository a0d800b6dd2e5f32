"""Where to watch what is on YouTube, by what the ledger knows; pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from pipeline.publish.ledger import Facts
from pipeline.publish.words import clip_marker, watch_link


class Video(NamedTuple):
    """A session's broadcast as a video; when it was live, as far as YouTube has said so."""

    url: str
    start: datetime | None
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Links:
    """Links by what they show; `address` is the emulator's."""

    facts: Facts
    address: str | None

    def clip(self, sha256: str) -> str | None:
        """The video of a clip's content; None when it isn't uploaded."""
        fact = self.facts.last("uploaded", marker=clip_marker(sha256))
        return None if fact is None else watch_link(fact["video"], self.address)

    def broadcast(self, session: str) -> str | None:
        """The newest broadcast of a session; None when there is none."""
        fact = self.facts.last("broadcast", session=session)
        return None if fact is None else watch_link(fact["id"], self.address)

    def videos(self, session: str) -> tuple[Video, ...]:
        """Every broadcast of a session that has been live, in order; else the one to come.

        Several when YouTube had ended one and another replaced it.
        """
        been = tuple(self._been_live(session))
        link = self.broadcast(session)
        return been or ((Video(link, None, None),) if link else ())

    def _been_live(self, session: str) -> Iterator[Video]:
        for identity in dict.fromkeys(f["id"] for f in self.facts.all("live", session=session)):
            live, over = (
                self.facts.last("live", id=identity),
                self.facts.last("completed", id=identity),
            )
            start = (over or {}).get("start") or (live or {}).get("start")
            end = (over or {}).get("end")
            yield Video(watch_link(identity, self.address), _moment(start), _moment(end))


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
