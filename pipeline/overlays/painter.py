"""Stands, products and titles become pictures in the size of the house format.

Texts are fitted to the theme's slots, a template makes the SVG, resvg the PNG, and each picture
says where in the frame it belongs. The same input gives the same bytes. Knows no video.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.errors import Fault, InputFaults, Text
from pipeline.overlays import card, picture, words
from pipeline.overlays.fit import Block, fit
from pipeline.overlays.qr import Code, qr_code
from pipeline.overlays.raster import rasterize
from pipeline.overlays.template import Templates
from pipeline.overlays.theme import Accent, read_theme
from pipeline.rundown import Product, Stand, rupiah, whatsapp_link
from pipeline.settings import Event, House

THUMBNAIL = (1280, 720)
"""https://support.google.com/youtube/answer/72431: 1280x720, less than 2 MB."""

THUMBNAIL_BYTES = 2_000_000

QR_ROOM = 212
"""Design pixels a side: on a 720p stream 4 pixels a module for a WhatsApp link, 7 for a shop's."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture and its place in the frame, in pixels; `warnings` say what it could not show."""

    png: bytes
    x: int
    y: int
    width: int
    height: int
    warnings: tuple[Fault, ...] = ()

    def jpeg(self, limit: int = THUMBNAIL_BYTES) -> bytes:
        """The same as JPEG of fewer than `limit` bytes; transparency becomes black."""
        return picture.jpeg(self.png, limit)


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
        png = self._png("product-card.svg", shown, self.theme.accent(stand.number))
        width, height = picture.size(png)
        safe = card.title_safe(self._width, self._height)
        return self._inside("product-card.svg", png, safe[2] - width, safe[3] - height, fitter)

    def product_page(self, stand: Stand) -> Drawn:
        """The full frame under a product's photo and card, with the stand's plate; opaque."""
        fitter = _Fitter(self, _place(stand))
        third = self._third(fitter, stand, "page")
        png = self._png("product-page.svg", third, self.theme.accent(stand.number))
        return self._full(png, fitter)

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
        return self._full(self._png("slate.svg", shown, self.theme.accent(0)), fitter)

    def bug(self) -> Drawn:
        """The event's short name for the top right corner of the safe area."""
        fitter = _Fitter(self, "event.short_name")
        shown = card.Bug(fitter("bug.label", self._event.label))
        png = self._png("bug.svg", shown, self.theme.accent(0))
        _, top, right, _ = card.title_safe(self._width, self._height)
        return self._inside("bug.svg", png, right - picture.size(png)[0], top, fitter)

    def thumbnail(self, title: str, subtitle: str, frame_png: bytes) -> Drawn:
        """1280x720 over a frame of the clip, opaque; `Drawn.jpeg()` is what YouTube accepts."""
        fitter = _Fitter(self, title)
        shown = card.Thumbnail(
            event=fitter("thumbnail.event", self._event.label),
            title=fitter("thumbnail.title", title),
            subtitle=fitter("thumbnail.subtitle", subtitle),
        )
        overlay = self._png("thumbnail.svg", shown, self.theme.accent(0), THUMBNAIL)
        png = picture.over(frame_png, overlay)
        return Drawn(png, 0, 0, *THUMBNAIL, tuple(fitter.warnings))

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
        png = self._png("lower-third.svg", third, accent)
        left, _, _, bottom = card.title_safe(self._width, self._height)
        return self._inside("lower-third.svg", png, left, bottom - picture.size(png)[1], fitter)

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

    def _png(
        self, template: str, shown: object, accent: Accent, size: tuple[int, int] | None = None
    ) -> bytes:
        width, height = size or (self._width, self._height)
        svg = self._templates.render(
            template,
            card=shown,
            frame=card.frame(width, height),
            accent=accent,
            accents=self.theme.accents,
            colours=self.theme.colours,
        )
        return rasterize(svg, card.scale(width, height), template)

    def _full(self, png: bytes, fitter: _Fitter) -> Drawn:
        return Drawn(png, 0, 0, self._width, self._height, tuple(fitter.warnings))

    def _inside(self, template: str, png: bytes, x: int, y: int, fitter: _Fitter) -> Drawn:
        """A box at an even place, as 4:2:0 video needs; InputFaults: it leaves the safe area."""
        width, height = picture.size(png)
        left, top, right, bottom = card.title_safe(self._width, self._height)
        x, y = x // 2 * 2, y // 2 * 2
        if x < left or y < top or x + width > right or y + height > bottom:
            raise InputFaults([_too_large(template, width, height)])
        return Drawn(png, x, y, width, height, tuple(fitter.warnings))


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


def _too_large(template: str, width: int, height: int) -> Fault:
    return Fault(
        template,
        Text(
            f"gambar {width}x{height} tidak muat di area aman judul",
            f"a picture of {width}x{height} does not fit the title-safe area",
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
