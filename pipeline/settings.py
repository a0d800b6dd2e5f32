"""settings.yaml becomes one frozen `Settings`, or a list of faults; the only reader of the environment.

Relative paths are relative to the settings file. `settings.yaml` at the top of the project lists
every key with its default and a sentence about it; a test holds that file and this model together.
"""

import difflib
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from pipeline.errors import Fault, InputFaults, Text
from pipeline.timing import Rate


def _beside_the_file(path: Path, info: ValidationInfo) -> Path:
    base: Path = (info.context or {}).get("base", Path.cwd())
    return (base / path.expanduser()).resolve()


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError("not a time zone of the IANA database, such as Asia/Jakarta") from error
    return name


def _empty_if_none(value: object) -> object:
    return {} if value is None else value


LocalPath = Annotated[Path, AfterValidator(_beside_the_file)]


class Part(BaseModel):
    """A block of settings: frozen, unknown keys refused, defaults resolved like given values."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


class Event(Part):
    name: str = Field(min_length=1, max_length=120)
    short_name: str = Field(default="", max_length=32)
    city: str = ""
    venue: str = ""
    website: str = ""
    hashtags: tuple[str, ...] = ()
    timezone: Annotated[str, AfterValidator(_known_zone)] = "Asia/Jakarta"
    language: Literal["id", "en"] = "id"
    sample: bool = False

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def label(self) -> str:
        """The name that fits a corner of the picture."""
        return self.short_name or self.name


class House(Part):
    """The house format: the one exact encoding that all that airs shares."""

    width: int = Field(default=1280, ge=320, le=3840, multiple_of=2)
    height: int = Field(default=720, ge=180, le=2160, multiple_of=2)
    fps: Literal[25, 30, 50, 60] = 25
    gop: int = Field(default=50, ge=5, le=240, description="frames from keyframe to keyframe")
    video_kbps: int = Field(default=3000, ge=200, le=40_000)
    audio_kbps: int = Field(default=128, ge=64, le=320)
    preset: Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow"] = (
        "veryfast"
    )
    loudness: float = Field(default=-14.0, ge=-31, le=-9, description="LUFS, EBU R128 integrated")

    @property
    def rate(self) -> Rate:
        return Rate(self.fps)


class Destination(Part):
    """Where the program is sent. `key` is kept out of logs, errors and `repr`."""

    name: str = Field(pattern=r"^[\w.-]{1,40}$")
    url: str = Field(pattern=r"^(rtmps?|srt|file)://")
    key: SecretStr | None = None


class YouTube(Part):
    address: str | None = None
    client_secret: LocalPath = Path("client_secret.json")
    token: LocalPath = Path("var/youtube-token.json")
    privacy: Literal["private", "unlisted", "public"] = "unlisted"
    category: str = "22"
    tags: tuple[str, ...] = ()
    templates: LocalPath | None = None
    playlist: bool = True
    dvr: bool = True
    latency: Literal["normal", "low", "ultraLow"] = "normal"
    chunk_mib: int = Field(default=8, ge=1, le=64)
    quota_units: int = Field(default=10_000, ge=0)
    quota_uploads: int = Field(default=100, ge=0)


class Air(Part):
    filler: Literal["stand", "slate"] = "stand"


class Panel(Part):
    """The control room in the browser."""

    host: str = "127.0.0.1"
    port: int = Field(default=8090, ge=0, le=65535)
    address: str | None = Field(default=None, pattern=r"^https?://[^/\s]+$")
    certificate: LocalPath | None = None
    certificate_key: LocalPath | None = None
    proxies: tuple[str, ...] = ()
    osc_port: int | None = Field(default=None, ge=1, le=65535)


class Daemon(Part):
    compose_before: int = Field(default=120, ge=1, description="minutes before a session")
    air_before: int = Field(default=10, ge=1, description="minutes before a session")


class Settings(Part):
    """Everything that an installation decides. `file` is where it was read from."""

    event: Event
    rundown: LocalPath
    media: LocalPath
    overlays: LocalPath | None = None
    state: LocalPath = Path("var")
    house: Annotated[House, BeforeValidator(_empty_if_none)] = House()
    destinations: tuple[Destination, ...] = ()
    youtube: Annotated[YouTube, BeforeValidator(_empty_if_none)] = Field(
        default_factory=lambda: {}, validate_default=True
    )  # a dict, so that its paths are resolved against this file too
    air: Annotated[Air, BeforeValidator(_empty_if_none)] = Air()
    panel: Annotated[Panel, BeforeValidator(_empty_if_none)] = Field(
        default_factory=lambda: {}, validate_default=True
    )
    daemon: Annotated[Daemon, BeforeValidator(_empty_if_none)] = Daemon()
    ffmpeg: Path | None = None
    file: Path = Field(default=Path("settings.yaml"), exclude=True)


class _Environment(BaseSettings):
    """`TAYANG_FFMPEG` names another ffmpeg than the built-in one."""

    model_config = SettingsConfigDict(env_prefix="TAYANG_")

    ffmpeg: Path | None = None


def read_settings(path: Path) -> Settings:
    """Reads a settings file; InputFaults with every fault when it can't be used."""
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputFaults([_unreadable(path, error)]) from error
    except yaml.YAMLError as error:
        raise InputFaults([_not_yaml(path, error)]) from error
    if not isinstance(values, dict):
        values = {}
    return settings_from(values, path)


def settings_from(values: dict[str, Any], path: Path) -> Settings:
    """The same from values in memory; relative paths are relative to `path`'s folder."""
    environment = _Environment()
    if environment.ffmpeg is not None:
        values = {**values, "ffmpeg": environment.ffmpeg}
    base = path.resolve().parent
    try:
        return Settings.model_validate({**values, "file": path}, context={"base": base})
    except ValidationError as error:
        raise InputFaults([_fault(path, item) for item in error.errors()]) from error


def _fault(path: Path, item: Any) -> Fault:
    key = ".".join(str(part) for part in item["loc"])
    where = f"{path.name}: {key}"
    if item["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(item["loc"][-1]), _all_keys(Settings), n=1)
        hint = Text(f"Maksudnya: {near[0]}?", f"Did you mean {near[0]}?") if near else None
        return Fault(where, Text("kunci tidak dikenal", "unknown key"), hint)
    if item["type"] == "missing":
        return Fault(where, Text("wajib diisi", "is required"))
    secret = item["loc"][-1] == "key"
    got = "***" if secret else repr(item.get("input"))[:60]
    return Fault(
        where,
        Text(f"nilai {got} tidak dapat dipakai", f"the value {got} can't be used"),
        Text(item["msg"], item["msg"]),
    )


def _all_keys(model: type[BaseModel]) -> list[str]:
    keys: list[str] = []
    for name, field in model.model_fields.items():
        keys.append(name)
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            keys += _all_keys(field.annotation)
    return keys


def _unreadable(path: Path, error: Exception) -> Fault:
    return Fault(
        str(path),
        Text(f"tidak dapat dibaca: {error}", f"can't be read: {error}"),
        Text("Sebutkan berkasnya dengan --settings.", "Name the file with --settings."),
    )


def _not_yaml(path: Path, error: yaml.YAMLError) -> Fault:
    mark = getattr(error, "problem_mark", None)
    where = f"{path.name}, baris/line {mark.line + 1}" if mark else path.name
    problem = getattr(error, "problem", None) or "?"
    return Fault(where, Text(f"bukan YAML: {problem}", f"not YAML: {problem}"))
