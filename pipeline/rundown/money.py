"""Prices between the spellings of a price list and whole rupiah; pure."""

import re

from pipeline.errors import Text
from pipeline.rundown.cells import CellValue, Unread, plain, whole
from pipeline.rundown.labels import did_you_mean

LOWEST, HIGHEST = 100, 10_000_000_000
"""A price outside is a slip: Rp100 is the smallest coin in use, Rp10 billion buys no craft."""

_PRICE = Text("harga dalam rupiah, misalnya Rp 150.000", "a price in rupiah, such as Rp 150.000")
_FREE = frozenset({"gratis", "free", "cuma-cuma"})
_ASK = re.compile(r"(?:tanya|hubungi|hub\.|call|ask|nego)\b.*")
_TIMES = {"rb": 1000, "rbu": 1000, "ribu": 1000, "k": 1000, "jt": 10**6, "juta": 10**6}
_AMOUNT = re.compile(
    r"""(?P<grouped>\d{1,3}(?:(?P<mark>[., ])\d{3})(?:(?P=mark)\d{3})*)(?:(?!(?P=mark))[.,]0{1,2})?
      | (?P<bare>\d{1,12})(?:[.,]0{1,2})?""",
    re.VERBOSE,
)


def price_of(value: CellValue, unit: str = "") -> int | None:
    """Whole rupiah; None when the cell says to ask, 0 when it says free.

    Reads `Rp 150.000`, `Rp150.000,-`, `Rp. 85.000,00`, `25rb`, `1,5 juta`, `150,000`. A header
    with `(ribu)` makes its numbers thousands. Raises Unread for anything else, spans included.
    """
    if isinstance(value, str):
        text = plain(value)
        if text in _FREE:
            return 0
        if _ASK.fullmatch(text):
            return None
        price = _written(text)
    else:
        price = whole(value)
    if price is None:
        raise Unread(_PRICE, _slip(value))
    if "ribu" in plain(unit) and price < 100_000:
        price *= 1000
    if price != 0 and not LOWEST <= price <= HIGHEST:
        raise Unread(
            Text(
                f"harga antara {rupiah(LOWEST)} dan {rupiah(HIGHEST)}",
                f"a price between {rupiah(LOWEST)} and {rupiah(HIGHEST)}",
            ),
            _slip(value) or (did_you_mean(rupiah(price * 1000)) if 0 < price < LOWEST else None),
        )
    return price


def _slip(value: CellValue) -> Text | None:
    if isinstance(value, float) and 0 < value < 1000:
        # `1.250` typed into an English Excel is the number 1.25.
        guess = rupiah(round(value * 1000))
        return Text(f"Maksudnya {guess}? Tulis tanpa titik.", f"{guess}? Write it without points.")
    if isinstance(value, str) and re.search(r"\d.*(?:[-\u2013~]|s/d|sampai|to).*\d", plain(value)):
        return Text(
            "Tulis satu harga saja; kisarannya di kolom Keterangan.",
            "Write one price; put the span into the notes.",
        )
    if isinstance(value, str) and re.search(r"\d\s*(?:/|per\b)", plain(value)):
        return Text("Tulis satuannya di kolom Keterangan.", "Put the unit into the notes.")
    return None


def _written(text: str) -> int | None:
    text = re.sub(r"^(?:rp\.?|idr)\s*", "", text)
    text = re.sub(r"\s*(?:rp|idr|rupiah)$|\s*[,.]\s*[-\u2013\u2014]+$", "", text)
    scaled = re.fullmatch(r"(\d{1,6})(?:[.,](\d{1,2}))?\s*([a-z]+)", text)
    if scaled:
        scale = _TIMES.get(scaled[3], 0)
        fraction = scaled[2] or ""
        units, rest = divmod(int(scaled[1] + fraction) * scale, 10 ** len(fraction))
        return units if scale and not rest else None
    amount = _AMOUNT.fullmatch(text)
    if amount is None:
        return None
    return int(re.sub(r"\D", "", amount["grouped"] or amount["bare"]))


def rupiah(price: int | None) -> str:
    """`Rp150.000` as Indonesian spelling wants it; `Tanya harga` for None, `Gratis` for 0."""
    if price is None:
        return "Tanya harga"
    return "Rp" + f"{price:,}".replace(",", ".") if price else "Gratis"
