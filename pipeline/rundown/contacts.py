"""Phone numbers, Instagram names, shop addresses and media paths from one cell; pure.

`phonenumbers` knows the numbering plans; nothing here asks a network.
"""

import re
from urllib.parse import quote, urlsplit

import phonenumbers

from pipeline.errors import Text
from pipeline.rundown.cells import CellValue, Unread, clean, plain, whole

_PHONE = Text("nomor telepon, misalnya 0812-3456-7890", "a phone number, such as 0812-3456-7890")
_ONE = Text("Tulis satu nomor, hanya angka.", "Write one number, digits only.")
_SHOP = Text("alamat toko, misalnya https://contoh.id", "an address, such as https://contoh.id")
_ACCOUNT = Text("akun Instagram, misalnya @batikcontoh", "an Instagram name, such as @batikcontoh")
_INSIDE = Text("berkas di dalam folder media", "a file that stays inside the media folder")
_FILE = Text("Misalnya 01-profil.mp4.", "Such as 01-profil.mp4.")


def phone_of(value: CellValue) -> str:
    """E.164, Indonesian unless it says otherwise.

    Possible is enough: numbering plans change faster than the library's list of valid ranges.
    """
    digits = whole(value)
    text = str(digits) if digits is not None else plain(str(value))
    if not re.fullmatch(r"[+(\d][\d\s().-]*", text):
        raise Unread(_PHONE, _ONE)
    try:
        number = phonenumbers.parse(text, "ID")
    except phonenumbers.NumberParseException as error:
        raise Unread(_PHONE, _ONE) from error
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    # Some national plans allow numbers that E.164's 15 digits (ITU-T E.164, 6) don't.
    if not phonenumbers.is_possible_number(number) or len(written) > 1 + 15:
        raise Unread(_PHONE, Text("Hitung angkanya.", "Count its digits."))
    return written


def whatsapp_link(phone: str, text: str) -> str:
    """Opens a WhatsApp chat with the text typed in; `phone` is E.164 (https://wa.me, 'How to use
    click to chat')."""
    return f"https://wa.me/{phone.lstrip('+')}?text={quote(text, safe='')}"


def instagram_of(value: CellValue) -> str:
    """`@name` from a name or a profile's address."""
    profile = r"(?:(?:https?://)?(?:www\.)?instagram\.com/)?@?\s?([a-z0-9._]{1,30})/?(?:\?.*)?"
    match = re.fullmatch(profile, clean(str(value)), re.IGNORECASE)
    if match is None:
        raise Unread(_ACCOUNT)
    return f"@{match.group(1)}"


def shop_of(value: CellValue) -> str:
    """An http or https address; a bare domain gets https."""
    text = clean(str(value))
    if re.match(r"[\w-]+(?:\.[\w-]+)+(?::\d+)?(?:[/?#]|$)", text):
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise Unread(_SHOP) from error
    if parts.scheme.lower() not in ("http", "https") or not host or "." not in host:
        raise Unread(_SHOP)
    if re.search(r"[\s<>\"\\]", text) or parts.username is not None:
        raise Unread(_SHOP, Text("Satu alamat, tanpa spasi.", "One address, without spaces."))
    return text


def media_path_of(value: CellValue) -> str:
    """A path inside the media folder, kept as given except that `\\` becomes `/`."""
    if not isinstance(value, str):
        raise Unread(_INSIDE, _FILE)
    path = clean(value).replace("\\", "/")
    if ":" in path or path.startswith(("/", "~")) or ".." in path.split("/") or path.endswith("/"):
        raise Unread(_INSIDE, _FILE)
    return path
