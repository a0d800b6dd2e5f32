"""Stands, products and titles become pictures in the size of the house format.

Texts are fitted to the theme's slots, a template makes the SVG, and each picture says where in the
frame it belongs. The same input gives the same bytes. Knows no video.
"""

import hashlib
import re
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from pathlib import Path

from pipeline.errors import Fault, InputFaults, Text
from pipeline.overlays import card, words
from pipeline.overlays.drawn import Drawn
from pipeline.overlays.fit import Block, fit
from pipeline.overlays.qr import Code, qr_code
from pipeline.overlays.raster import size
from pipeline.overlays.template import Templates
from pipeline.overlays.theme import Accent, read_theme
from pipeline.rundown import Product, Stand, rupiah, whatsapp_link
from pipeline.settings import Event, House

THUMBNAIL = (1280, 720)
"""https://support.google.com/youtube/answer/72431: 1280x720."""

QR_ROOM = 212
"""Design pixels a side: on a 720p stream 4 pixels a module for a WhatsApp link, 7 for a shop's."""


class _Fitter:
    """Fits texts into the theme's slots and keeps the warnings of one picture."""

    def __init__(self, painter: "Painter", where: str) -> None:
        self._painter = painter
        self._where = where
        self.warnings: list[Fault] = []

    def __call__(self, slot: str, text: str) -> Block:
        theme = self._painter.theme
        block, warnings = fit(self._painter.setter, text, theme.slots[slot], self._where)
        self.warnings += [warning for warning in warnings if warning not in self.warnings]
        return block


class Painter:
    """Draws everything of one event in one theme for one house format."""

    def __init__(self, theme: Path | None, house: House, event: Event) -> None:
        """Reads the theme and its fonts; InputFaults when it can't be used."""
        self.theme = read_theme(theme)
        self.setter = self.theme.typesetter()
        self._templates = Templates(self.theme.folders)
        self._width, self._height = house.width, house.height
        self._event = event

    @cached_property
    def digest(self) -> str:
        """SHA-256 over all that decides how things look besides what is written in them."""
        seen = hashlib.sha256(repr((self._event, self._width, self._height)).encode())
        for folder in self.theme.folders:
            for path in sorted(folder.glob("*.*")):
                seen.update(path.name.encode() + path.read_bytes())
        return seen.hexdigest()

    def lower_third(self, stand: Stand) -> Drawn:
        """The stand's name, category, origin and number: a box at the safe area's lower left."""
        fitter = _Fitter(self, _place(stand))
        third = self._third(fitter, stand, "lower_third")
        return self._foot(third, self.theme.accent(stand.number), fitter)

    def headline(self, title: str, subtitle: str) -> Drawn:
        """A lower third for an item without a stand."""
        fitter = _Fitter(self, title)
        third = card.LowerThird(
            fitter("lower_third.name", title), fitter("lower_third.detail", subtitle), None
        )
        return self._foot(third, self.theme.accent(0), fitter)

    def product_card(self, stand: Stand, product: Product) -> Drawn:
        """A panel for the right side of the frame: product, price, QR code to shop or WhatsApp."""
        fitter = _Fitter(self, _place(stand))
        price = (
            words.said(words.ASK, self._language)
            if product.price is None
            else rupiah(product.price)
        )
        code = self._code(stand, product, fitter)
        call = _call(stand) if code else words.visit(stand.number)
        shown = card.ProductCard(
            stand=fitter("card.stand", stand.name),
            product=fitter("card.product", product.name),
            note=fitter("card.note", product.note or ""),
            price=fitter("card.price", price),
            code=code,
            call=fitter("card.call", words.said(call, self._language)),
            call_beside=fitter("card.call_beside", words.beside(call, self._language)),
            address=fitter("card.address", _address(stand)),
            number=fitter("card.number", str(stand.number)),
        )
        drawn = self._drawn("product-card.svg", shown, self.theme.accent(stand.number), fitter)
        return self._in_corner(drawn, right=True, bottom=True)

    def product_page(self, stand: Stand) -> Drawn:
        """The full frame under a product's photo and card, with the stand's plate; opaque."""
        fitter = _Fitter(self, _place(stand))
        third = self._third(fitter, stand, "page")
        return self._drawn("product-page.svg", third, self.theme.accent(stand.number), fitter)

    def slate(self, title: str, next_title: str | None, next_at: datetime | None) -> Drawn:
        """The holding picture: opaque, full frame."""
        fitter = _Fitter(self, title)
        event, language = self._event, self._language
        at = None if next_at is None else words.clock_time(next_at, event.zone, language)
        shown = card.Slate(
            event=fitter("slate.event", event.name),
            place=fitter("slate.place", " · ".join(filter(None, (event.venue, event.city)))),
            title=fitter("slate.title", title),
            label=fitter("slate.label", words.both(words.NEXT, language)),
            next=fitter("slate.next", next_title) if next_title else None,
            time_label=fitter("slate.label", words.said(words.AT, language)),
            time=fitter("slate.time", at) if at else None,
            website=fitter("slate.website", "" if next_title else event.website),
        )
        return self._drawn("slate.svg", shown, self.theme.accent(0), fitter)

    def bug(self) -> Drawn:
        """The event's short name for the top right corner of the safe area."""
        fitter = _Fitter(self, "event.short_name")
        shown = card.Bug(fitter("bug.label", self._event.label))
        drawn = self._drawn("bug.svg", shown, self.theme.accent(0), fitter)
        return self._in_corner(drawn, right=True, bottom=False)

    def thumbnail(self, title: str, subtitle: str, frame_png: bytes) -> Drawn:
        """1280x720 over a frame of the clip, opaque; `Drawn.jpeg()` is what YouTube accepts."""
        fitter = _Fitter(self, title)
        shown = card.Thumbnail(
            event=fitter("thumbnail.event", self._event.label),
            title=fitter("thumbnail.title", title),
            subtitle=fitter("thumbnail.subtitle", subtitle),
        )
        drawn = self._drawn("thumbnail.svg", shown, self.theme.accent(0), fitter, THUMBNAIL)
        return replace(drawn, under=frame_png)

    def prove(self) -> None:
        """Draws one picture with every template; InputFaults or OutsideError: the theme is broken."""
        stand, product = Stand(number=1, name="Contoh"), Product(name="Contoh")
        for drawn in (
            self.lower_third(stand),
            self.product_card(stand, product),
            self.product_page(stand),
            self.slate("Contoh", None, None),
            self.bug(),
            replace(self.thumbnail("Contoh", "", b""), under=None),
        ):
            _ = drawn.png

    @property
    def _language(self) -> words.Language:
        return self._event.language

    def _third(self, fitter: _Fitter, stand: Stand, slots: str) -> card.LowerThird:
        detail = " · ".join(filter(None, (stand.category, stand.origin, stand.instagram)))
        return card.LowerThird(
            name=fitter(f"{slots}.name", stand.name),
            detail=fitter(f"{slots}.detail", detail),
            number=fitter("lower_third.number", str(stand.number)),
        )

    def _foot(self, third: card.LowerThird, accent: Accent, fitter: _Fitter) -> Drawn:
        drawn = self._drawn("lower-third.svg", third, accent, fitter)
        return self._in_corner(drawn, right=False, bottom=True)

    def _code(self, stand: Stand, product: Product, fitter: _Fitter) -> Code | None:
        """The way to the stand: its shop, else WhatsApp with a message ready."""
        link = stand.shop
        if not link and stand.whatsapp:
            text = words.said(words.message(self._event.label, product.name), self._language)
            link = whatsapp_link(stand.whatsapp, text)
        if not link:
            return None
        code = qr_code(link, QR_ROOM, card.scale(self._width, self._height))
        if code is None:
            fitter.warnings.append(_too_long(stand, link))
        return code

    def _drawn(
        self,
        template: str,
        shown: object,
        accent: Accent,
        fitter: _Fitter,
        frame: tuple[int, int] | None = None,
    ) -> Drawn:
        """The template's picture, for the house's frame or another, at the frame's upper left."""
        frame = frame or (self._width, self._height)
        svg = self._templates.render(
            template,
            card=shown,
            frame=card.frame(*frame),
            accent=accent,
            accents=self.theme.accents,
            colours=self.theme.colours,
        )
        scale = card.scale(*frame)
        width, height = size(svg, scale, template)
        return Drawn(svg, scale, template, 0, 0, width, height, tuple(fitter.warnings))

    def _in_corner(self, drawn: Drawn, *, right: bool, bottom: bool) -> Drawn:
        """A corner of the safe area, an even place as 4:2:0 needs; InputFaults: it is too large."""
        left, top, end, foot = card.title_safe(self._width, self._height)
        x = (end - drawn.width) // 2 * 2 if right else left
        y = (foot - drawn.height) // 2 * 2 if bottom else top
        if x < left or y < top or x + drawn.width > end or y + drawn.height > foot:
            raise InputFaults([_too_large(drawn)])
        return replace(drawn, x=x, y=y)


def photo_window(width: int, height: int) -> tuple[int, int, int, int]:
    """Where a product page leaves room for the photo, in even pixels: x, y, width, height."""
    factor = card.scale(width, height)
    window = card.frame(width, height).window
    x, y = card.even(window.x * factor), card.even(window.y * factor)
    return x, y, card.even(window.right * factor) - x, card.even(window.bottom * factor) - y


def _place(stand: Stand) -> str:
    return f"Stand {stand.number}"


def _call(stand: Stand) -> Text:
    return words.SHOP if stand.shop else words.CHAT


def _address(stand: Stand) -> str:
    """What a viewer can type who can't scan: the shop's host."""
    host = re.match(r"https?://(?:www\.)?([^/?#:]+)", stand.shop or "", re.IGNORECASE)
    return host[1] if host else ""


def _too_large(drawn: Drawn) -> Fault:
    size = f"{drawn.width}x{drawn.height}"
    return Fault(
        drawn.template,
        Text(
            f"gambar {size} tidak muat di area aman judul",
            f"a picture of {size} does not fit the title-safe area",
        ),
        Text("Perkecil templat itu.", "Make the template smaller."),
    )


def _too_long(stand: Stand, link: str) -> Fault:
    return Fault(
        _place(stand),
        Text(
            f"tautan sepanjang {len(link)} karakter terlalu panjang untuk kode QR",
            f"a link of {len(link)} characters is too long for a QR code",
        ),
        Text("Isi tautan toko yang lebih pendek.", "Give a shorter link to the shop."),
    )
