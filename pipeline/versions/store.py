"""The versions of one event: which one serves, and new ones out of edits, old versions, or the workbook.

The workbook is only ever read. A version is never written again; the newest that can be read serves, and
a workbook that was changed meanwhile waits until somebody takes it over.
"""

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

from pipeline.air import JOURNAL, SHEET, read_journal, read_sheet
from pipeline.clock import Clock
from pipeline.errors import InputFaults, TayangError, Text, UsageError
from pipeline.rundown import (
    Change,
    Edit,
    Rundown,
    Session,
    changes,
    dump_yaml,
    edited,
    ids_of,
    keep_ids,
    plan,
    read_rundown,
    touched,
)
from pipeline.settings import Settings
from pipeline.versions.files import Taken, digest, numbers, read_record, read_version, write_version
from pipeline.versions.values import (
    Clash,
    Conflict,
    Preview,
    Record,
    Told,
    Version,
    against,
    differences,
    newer,
    when,
)

FOLDER = "rundown"
UNREADABLE = (TayangError, ValueError, OSError)


class Versions:
    """Any number of these, in any process, may work on one state folder at the same time.

    `troubles` tells, of the last look, which versions can't be read, so that an older one serves.
    """

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._zone = settings.event.zone
        self._clock = clock
        self._root = settings.state / FOLDER
        self._last: Version | None = None
        self._records: dict[int, Record] = {}
        self._book: tuple[object, Version] | None = None
        self.troubles: tuple[Text, ...] = ()

    # Reading

    def newest(self) -> Version:
        """What holds: the newest version that can be read, else the workbook; InputFaults, OutsideError."""
        self.troubles = ()
        for number in numbers(self._root):
            try:
                return self._version(number)
            except UNREADABLE as error:
                self.troubles += (_broken(number, error),)
        return self.workbook()

    def current(self) -> Version:
        """The same, its items under the ids that they have on air, also while the workbook serves."""
        version = self.newest()
        if version.record is not None:
            return version
        sessions = tuple(map(self._on_air, version.rundown.sessions))
        return version.with_rundown(version.rundown.model_copy(update={"sessions": sessions}))

    def workbook(self) -> Version:
        """The workbook as it is on disk; InputFaults, OutsideError."""
        path = self._settings.rundown
        while self._book is None or self._book[0] != _stamp(path):
            before = _stamp(path)
            reading = read_rundown(path, self._zone)
            self._book = before, Version(None, reading, digest(path.read_bytes()))
        return self._book[1]

    def history(self) -> tuple[Record, ...]:
        """Of every version that can be read, the newest first; `troubles` tells of the others."""
        found = []
        for number in numbers(self._root):
            try:
                if number not in self._records:
                    self._records[number] = read_record(self._root, number)
                found.append(self._records[number])
            except UNREADABLE:
                continue
        return tuple(found)

    def clash(self) -> Clash | None:
        """How the workbook differs from what serves, when it was changed since that descends from it."""
        now = self.newest()
        if now.record is None:
            return None
        try:
            book = self.workbook()
        except TayangError as error:
            return Clash(error.what, (), error.faults if isinstance(error, InputFaults) else ())
        if book.workbook == now.workbook:
            return None
        found = differences(now.rundown, self._named_like(now.rundown, book.rundown))
        what = Text(
            "Buku kerja disimpan lagi setelah menjadi dasar versi ini. Yang dipakai tetap versi ini.",
            "The workbook was saved again after this version was made of it. This version serves.",
        )
        return Clash(what, found, ()) if found else None

    def ahead(self) -> Text | None:
        """That a version made by hand serves instead of the workbook."""
        record = self.newest().record
        if record is None:
            return None
        at = when(record.at.astimezone(self._zone))
        return Text(
            f"yang dipakai adalah versi {record.number} dari panel ({record.by}, {at.id}), "
            "bukan buku kerja ini",
            f"version {record.number} from the panel serves ({record.by}, {at.en}), "
            "not this workbook",
        )

    # Changing

    def preview(
        self, base: str, session: str, edits: Sequence[Edit], aired: Collection[str] = ()
    ) -> Preview:
        """What a commit would do now. `aired` are ids of items that are on air, or done."""
        now = self.current()
        before = _session(now.rundown, session)
        try:
            self._newer(now, base, session, edits, aired)
            theirs: tuple[Record, ...] = ()
        except Conflict as conflict:
            theirs = conflict.theirs
        try:
            reading = edited(now.rundown, session, edits, self._zone, aired)
        except InputFaults as error:
            return Preview(now, theirs, None, (), error.faults, ())
        known = edited(now.rundown, session, (), self._zone).warnings
        warnings = tuple(one for one in reading.warnings if one not in known)
        after = _session(reading.rundown, session)
        return Preview(now, theirs, after, changes(plan(before), after), (), warnings)

    def commit(
        self,
        base: str,
        session: str,
        edits: Sequence[Edit],
        who: str,
        aired: Collection[str] = (),
    ) -> Version:
        """A new version. What others changed since `base` stays, when they meant other items.

        Raises InputFaults; Conflict when they meant the same; OutsideError when the disk fails.
        """

        def make(now: Version) -> tuple[Rundown, dict[str, Any]]:
            before = _session(now.rundown, session)
            meanwhile = self._newer(now, base, session, edits, aired)
            after = edited(now.rundown, session, edits, self._zone, aired).rundown
            return after, {
                "what": "edits",
                "session": session,
                "edits": tuple(edits),
                "touches": tuple(sorted(_meant(edits, before, aired))),
                "merged": tuple(record.number for record in meanwhile),
                "told": _all(changes(plan(before), _session(after, session))),
            }

        return self._add(who, make)

    def restore(self, number: int, who: str) -> Version:
        """A new version equal to an old one; UsageError when there is none that can be read."""
        try:
            old = read_version(self._root, number, self._zone)
        except UNREADABLE as error:
            raise UsageError(
                Text(f"versi {number} tidak dapat dibaca", f"version {number} can't be read")
            ) from error

        def make(now: Version) -> tuple[Rundown, dict[str, Any]]:
            told = _all(differences(now.rundown, old.rundown))
            values = {"what": "restore", "restored": number, "workbook": old.workbook}
            return old.rundown, {**values, "told": told}

        return self._add(who, make)

    def take_workbook(self, who: str) -> Version:
        """Makes the workbook, as it is now, the current version; InputFaults, OutsideError."""
        serves = self.current()
        if serves.record is None:
            return serves

        def make(now: Version) -> tuple[Rundown, dict[str, Any]]:
            book = self.workbook()
            rundown = self._named_like(now.rundown, book.rundown)
            told = _all(differences(now.rundown, rundown))
            return rundown, {"what": "workbook", "workbook": book.workbook, "told": told}

        return self._add(who, make)

    def _add(self, who: str, make: Callable[[Version], tuple[Rundown, dict[str, Any]]]) -> Version:
        """A version of what `make` makes of the current one; again, when somebody else was quicker."""
        while True:
            # The number comes first: whoever is quicker from here on has taken it.
            number = max(numbers(self._root), default=0) + 1
            now = self.current()
            rundown, values = make(now)
            try:
                if now.record is None:  # kept first: the workbook may be saved over at any time
                    self._write(number, now, now.rundown, {"what": "workbook", "by": who})
                else:
                    return self._write(number, now, rundown, {**values, "by": who})
            except Taken:
                continue

    def _write(
        self, number: int, now: Version, rundown: Rundown, values: dict[str, Any]
    ) -> Version:
        text = dump_yaml(rundown)
        record = Record.model_validate(
            {
                "number": number,
                "at": self._clock.now(),
                "based_on": now.name,
                "workbook": now.workbook,
                "yaml": digest(text.encode()),
                "ids": ids_of(rundown),
                **values,
            }
        )
        write_version(self._root, record, text)
        return self._version(number)

    def _newer(
        self,
        now: Version,
        base: str,
        session: str,
        edits: Sequence[Edit],
        aired: Collection[str],
    ) -> tuple[Record, ...]:
        """What others did since `base`; Conflict when it stands against the edits."""
        if base == now.name:
            return ()
        records = self.history()[::-1]
        meanwhile = newer(records, base)
        theirs = records if meanwhile is None else meanwhile
        mine = _meant(edits, _session(now.rundown, session), aired)
        found = against(theirs, session, mine)
        if found or meanwhile is None:
            raise Conflict(now, found)
        return theirs

    # Reading, within

    def _version(self, number: int) -> Version:
        """The last one that was asked for is kept: nearly always that is the newest."""
        last = self._last
        if last is None or last.number != number:
            last = self._last = read_version(self._root, number, self._zone)
        return last

    def _on_air(self, session: Session) -> Session:
        """A session of the workbook under the ids of its program, while that is or was on air."""
        sheet = self._settings.state / "air" / session.id / SHEET
        if not sheet.exists():
            return session
        before = [planned.item for planned in read_sheet(sheet).plan]
        return keep_ids(before, session, self._used(session.id))

    def _named_like(self, before: Rundown, after: Rundown) -> Rundown:
        """`after` with each item that was there `before` under its old id, where that can be told."""
        olds = {session.id: session for session in before.sessions}
        sessions = (
            keep_ids(olds[one.id].items, one, self._used(one.id)) if one.id in olds else one
            for one in after.sessions
        )
        return after.model_copy(update={"sessions": tuple(sessions)})

    def _used(self, session: str) -> set[str]:
        """Every id that an item of the session has had."""
        lines = read_journal(self._settings.state / "air" / session / JOURNAL).lines
        used = {one["item"] for line in lines for one in line.get("planned", ())}
        return used.union(*(record.ids.get(session, ()) for record in self.history()))


def _stamp(path: Path) -> object:
    """Another one whenever the file was saved."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _session(rundown: Rundown, id: str) -> Session:
    """UsageError when there is none of that date."""
    found = next((session for session in rundown.sessions if session.id == id), None)
    if found is None:
        raise UsageError(Text(f"tidak ada sesi {id}", f"there is no session {id}"))
    return found


def _meant(edits: Sequence[Edit], session: Session, aired: Collection[str]) -> frozenset[str]:
    return frozenset(id for edit in edits for id in touched(edit, session, aired))


def _all(found: Sequence[Change]) -> tuple[Told, ...]:
    return tuple(map(Told.of, found))


def _broken(number: int, error: Exception) -> Text:
    reason = error.what if isinstance(error, TayangError) else Text(str(error), str(error))
    first = Text(reason.id.split("\n")[0], reason.en.split("\n")[0])
    return Text(
        f"versi {number} tidak dapat dibaca ({first.id}); yang sebelumnya dipakai",
        f"version {number} can't be read ({first.en}); the one before it serves",
    )
