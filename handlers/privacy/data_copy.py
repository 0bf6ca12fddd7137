"""A copy of all that is kept about a person: one HTML file to read, with the same as JSON inside it."""

from __future__ import annotations

from collections.abc import Sequence

import orjson
from markupsafe import Markup, escape

from handlers.chat.feature import Feature
from handlers.chat.talk import Talk
from handlers.inputs.moment import in_full

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:1rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem}"
    "td,th{border:1px solid #ccd3d8;padding:.3rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}"
    "th{width:12rem;background:#f3f6f8;font-weight:500}"
)


async def copy_of(talk: Talk, features: Sequence[Feature]) -> bytes:
    """The file, UTF-8: the person's own row first, then what each feature keeps."""
    found: dict[str, list[object]] = {}
    parts = []
    for kept in (one for feature in reversed(features) for one in reversed(feature.personal_data)):
        if kept.copy is None:
            continue
        rows = found[kept.name] = await kept.copy(talk.session, talk.person.id)
        if rows:
            parts.append(Markup("<h2>{}</h2>{}").format(talk._(kept.title), _shown(rows)))
    # In a script element only "<" could end it too early.
    data = orjson.dumps(found, option=orjson.OPT_INDENT_2).decode().replace("<", "\\u003c")
    title = talk._("What {organisation} stores about you").format(organisation=talk.context.settings.organisation.name)
    page = Markup(
        '<!doctype html><html lang="{lang}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><title>{title}</title>'
        "<style>{style}</style><h1>{title}</h1><p>{when}</p>{parts}"
        '<script type="application/json" id="data">{data}</script></html>'
    ).format(
        lang=talk.language.replace("_", "-"),
        title=title,
        style=Markup(_STYLE),
        when=in_full(talk, talk.now),
        parts=Markup("").join(parts),
        data=Markup(data),
    )
    return page.encode()


def _shown(rows: list[object]) -> Markup:
    tables = []
    for row in rows:
        pairs = row.items() if isinstance(row, dict) else [("", row)]
        cells = [Markup("<tr><th>{}</th><td>{}</td></tr>").format(name, _value(value)) for name, value in pairs]
        tables.append(Markup("<table>{}</table>").format(Markup("").join(cells)))
    return Markup("").join(tables)


def _value(value: object) -> Markup | str:
    if isinstance(value, dict):
        return Markup("<br>").join(Markup("{}: {}").format(name, _value(part)) for name, part in value.items())
    if isinstance(value, list | tuple):
        return Markup("<br>").join(_value(part) for part in value)
    return "—" if value is None else escape(str(value))
