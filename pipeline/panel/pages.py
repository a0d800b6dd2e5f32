"""A template becomes a page: in the language, the theme and for the person of its request."""

import json
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from pipeline.panel.access import asking
from pipeline.panel.rights import Right
from pipeline.panel.texts import english, keep_choice, language_of, theme_of, translator
from pipeline.settings import Settings


class Pages:
    """Calls make pages of the panel's templates; `settings` give the event's name and language."""

    def __init__(self, settings: Settings) -> None:
        self._event = settings.event
        self._environment = Environment(
            loader=PackageLoader("pipeline.panel"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def __call__(self, request: Request, name: str, **context: Any) -> HTMLResponse:
        """The page, to be kept by no cache."""
        language = language_of(request, self._event.language)
        person = asking(request)
        page = self._environment.get_template(name).render(
            request=request,
            person=person,
            csrf=person.csrf if person else "",
            Right=Right,
            event=self._event.label,
            language=language,
            theme=theme_of(request),
            texts=_inert(english() if language == "en" else {}),
            _=translator(language),
            said=lambda text: text.en if language == "en" else text.id,
            **context,
        )
        response = HTMLResponse(page, headers={"Cache-Control": "no-store"})
        keep_choice(request, response)
        return response


def _inert(texts: dict[str, str]) -> str:
    """JSON that nothing in it can take out of its script element."""
    return json.dumps(texts, ensure_ascii=False).replace("<", "\\u003c")
