"""Reports as one HTML page, which holds all it shows: it loads nothing, runs nothing, and can be printed."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from functools import singledispatch

from markupsafe import Markup

from handlers.chat.reports import Heading, Paragraph, Picture, Report, Table

_PAGE = Markup(
    '<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; '
    "style-src 'unsafe-inline'\">\n<title>{title}</title>\n<style>{style}</style>\n</head>\n<body>\n"
    '<h1>{title}</h1>\n<p class="soft">{subtitle}</p>\n{blocks}\n<footer>{footer}</footer>\n</body>\n</html>\n'
)
_STYLE = Markup(
    "body{max-width:46rem;margin:2rem auto;padding:0 1rem;font:16px/1.6 sans-serif;color:#22303c;"
    "overflow-wrap:anywhere}h2{margin-top:2.5rem;border-bottom:1px solid #ebf0f4}h3{margin:2rem 0 .25rem}"
    "p{margin:.25rem 0;white-space:pre-line}img{display:block;max-width:100%;height:auto;margin:.75rem 0}"
    "img.photo{max-height:30rem}table{border-collapse:collapse;margin:1rem 0}"
    "td,th{border:1px solid #c5ced6;padding:.3rem .5rem;text-align:left}th{background:#ebf0f4}"
    ".soft,footer{color:#6b7680;font-size:.85rem}footer{margin-top:3rem}"
    "@media print{h2,h3,img{break-after:avoid}img{break-inside:avoid}}"
)
_KINDS = {b"\x89PNG": "png", b"\xff\xd8\xff": "jpeg"}


def written(report: Report, language: str) -> bytes:
    """The page in UTF-8. Whatever people wrote is escaped."""
    page = _PAGE.format(
        language=language.replace("_", "-"),
        title=report.title,
        style=_STYLE,
        subtitle=report.subtitle,
        blocks=Markup("\n").join(map(_html, report.blocks)),
        footer=report.footer,
    )
    return page.encode()


@singledispatch
def _html(block: object) -> Markup:
    raise NotImplementedError(type(block))


@_html.register
def _(block: Heading) -> Markup:
    return Markup("<h{level}>{text}</h{level}>").format(level=block.level + 1, text=block.text)


@_html.register
def _(block: Paragraph) -> Markup:
    return Markup("<p>{}</p>").format(block.text)


@_html.register
def _(block: Picture) -> Markup:
    kind = next((name for start, name in _KINDS.items() if block.png.startswith(start)), "png")
    content = base64.b64encode(block.png).decode()
    shape = "photo" if block.is_photo else "wide"
    return Markup('<img class="{}" alt="" src="data:image/{};base64,{}">').format(shape, kind, content)


@_html.register
def _(block: Table) -> Markup:
    return Markup("<table>\n{}\n</table>").format(Markup("\n").join(_rows(block)))


def _rows(block: Table) -> Iterator[Markup]:
    yield _row(Markup("<th>{}</th>"), block.header)
    for row in block.rows:
        yield _row(Markup("<td>{}</td>"), row)


def _row(cell: Markup, values: Sequence[str]) -> Markup:
    return Markup("<tr>{}</tr>").format(Markup("").join(cell.format(value) for value in values))
