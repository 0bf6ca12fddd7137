"""Members: the card and its check, leaving, and what they hear."""

from __future__ import annotations

from markupsafe import Markup, escape
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.chat.feature import Overview
from handlers.chat.pictures import Card
from handlers.chat.press import Buttons, Page, copy_button
from handlers.chat.readers import RECIPIENT
from handlers.chat.replies import File, Outgoing, message_params
from handlers.chat.routes import Routes
from handlers.chat.subjects import Subject
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.i18n import translations
from handlers.i18n.translations import N_, Translate
from handlers.membership import presses
from storage import audit
from storage.deliveries import notices
from storage.deliveries.queue import Claimed
from storage.membership import memberships
from storage.membership.audited import MembershipAction
from storage.membership.ids import MemberNumber
from storage.membership.memberships import Membership, NotAMember
from storage.membership.notices import ApplicationApproved, ApplicationUndone
from storage.people.access import Right
from storage.telegram_ids import private_chat_of

_LEAVING = Subject(
    N_("🚪 Leave the union"),
    {
        "zh_Hans": "退会、退出工会、离开工会、取消会员、不当会员、不想当会员",
        "en": "leave the union, quit the union, cancel my membership",
    },
)


def register(routes: Routes) -> None:
    routes.command("leave", ask_to_leave, subject=_LEAVING)
    routes.press(presses.CARD, card, writes=False)
    routes.press(presses.ASK_TO_LEAVE, ask_to_leave, writes=False)
    routes.press(presses.LEAVE, leave)
    routes.press(presses.KEEP, keep, writes=False, for_blocked=True)
    routes.link("card", check_card, right=Right.REVIEW)
    routes.compose(ApplicationApproved.kind, approved_message)
    routes.notice(ApplicationUndone, undone_words, reader=RECIPIENT)


def number_words(_: Translate, number: MemberNumber) -> str:
    """As it stands on the card: 会员号 000017, "No. 000017"."""
    return _("No. {number}").format(number=f"{number:06d}")


def since_words(view: View, row: Membership) -> str:
    day = translations.full_date(row.since.astimezone(view.zone).date(), view.language)
    return view._("since {day}").format(day=day)


def member_words(talk: Talk, row: Membership) -> tuple[Markup, Buttons]:
    part = overview(talk, row)
    return Markup(part.words), [*part.buttons, part.settings]


def overview(talk: Talk, row: Membership) -> Overview:
    """Of a member, in /my."""
    text = Markup("<b>{}</b>\n{}").format(
        talk._("You are a member: {number}").format(number=number_words(talk._, row.number)),
        since_words(talk.view, row),
    )
    number = copy_button(number_words(talk._, row.number))
    leave = presses.ASK_TO_LEAVE.button(talk._("Leave the union"))
    return Overview(text, [[presses.CARD.button(talk._("🪪 My card")), number]], [leave])


async def _mine(talk: Talk) -> Membership:
    row = await memberships.of(talk.session, talk.person.id)
    if row is None:
        raise NotAMember
    return row


async def card(talk: Talk) -> None:
    """The card as a picture; its QR code is a deep link that only this bot can tell from a forged one."""
    row = await _mine(talk)
    drawn = _card_of(talk.view, talk.session, row)
    png = await talk.context.ports.painter.card_png(drawn)
    talk.photo(png, _card_caption(talk.view, drawn))


async def picture(view: View, session: AsyncSession, row: Membership) -> bytes:
    """The card as a PNG."""
    return await view.context.ports.painter.card_png(_card_of(view, session, row))


def _card_of(view: View, session: AsyncSession, row: Membership) -> Card:
    content = memberships.content_of(session, row)
    return Card(
        view.context.settings.organisation.name,
        view._("Member card"),
        str(content["name"]),
        number_words(view._, row.number),
        since_words(view, row),
        view.context.link(f"card_{content['card']}"),
    )


def _card_caption(view: View, drawn: Card) -> Markup:
    """How to use it; and which characters of the name it can't show."""
    said = [view._("Show it wherever members get benefits. A coordinator can scan it to check that it is valid.")]
    undrawable = view.context.ports.painter.undrawable(drawn.name)
    if undrawable:
        missing = view._(
            "The picture can't show these characters of your name: {characters}. The card is valid anyway."
        )
        said.append(missing.format(characters=" ".join(undrawable)))
    return Markup("\n").join(map(escape, said))


async def check_card(talk: Talk, token: str) -> None:
    """A coordinator scanned a card."""
    row = await memberships.by_card(talk.session, token)
    if row is None:
        talk.say(talk._("❌ This card isn't on record. It may no longer be valid."))
        return
    await audit.note(
        talk.session, talk.person.id, MembershipAction.CARD_CHECKED, talk.now, row.person_id, f"{row.number:06d}"
    )
    if row.left_at is not None:
        talk.say(talk._("❌ This card is no longer valid: the membership has ended."))
        return
    content = memberships.content_of(talk.session, row)
    talk.say(
        Markup("✅ <b>{}</b>\n{} · {}\n{}").format(
            talk._("Valid card"),
            content["name"],
            number_words(talk._, row.number),
            since_words(talk.view, row),
        )
    )


async def ask_to_leave(talk: Talk) -> None:
    number = f"{(await _mine(talk)).number:06d}"
    lines = [
        Markup("<b>{}</b>").format(talk._("Leave the union?")),
        *(
            Markup("• {}").format(words)
            for words in (
                talk._("Your card {number} becomes invalid immediately and permanently.").format(number=number),
                talk._("You lose members' benefits and members-only activities."),
                talk._("Your cases continue, and you keep the places you have."),
                talk._("You can join again later, with a new number."),
            )
        ),
    ]
    leave_it = presses.LEAVE.button(talk._("Leave, card {number} becomes invalid").format(number=number))
    talk.say(Markup("\n").join(lines), [[leave_it], [presses.KEEP.button(talk._("Stay a member"))]])


async def keep(talk: Talk) -> None:
    """They have thought better of it: of leaving, or of withdrawing an application or a consent."""
    talk.edit(talk._("Nothing was changed."))


async def leave(talk: Talk) -> None:
    row = await memberships.leave(talk.session, talk.person.id, talk.now)
    talk.edit(
        talk._("You have left the union. {number} will not be reused. Thank you for being a member.").format(
            number=number_words(talk._, row.number)
        )
    )


async def approved_message(session: AsyncSession, view: View, delivery: Claimed) -> Outgoing:
    """With the card at once; only the words, if the membership has ended meanwhile."""
    notice = notices.decode(ApplicationApproved, delivery.params, delivery.subject)
    chat = private_chat_of(delivery.recipient)
    row = await memberships.of(session, delivery.recipient)
    if row is None or row.number != notice.number:
        text = _welcome(view, notice, view._("Members' activities are now open to you. Your card: /my"))
        return Outgoing("sendMessage", message_params(chat, text, []))
    drawn = _card_of(view, session, row)
    png = await view.context.ports.painter.card_png(drawn)
    said = view._("Here is your card. Members' activities are now open to you.")
    caption = Markup("{}\n{}").format(_welcome(view, notice, said), _card_caption(view, drawn))
    params = {"chat_id": chat, "caption": caption, "parse_mode": "HTML"}
    return Outgoing("sendPhoto", params, files={"photo": File("card.png", png)})


def _welcome(view: View, notice: ApplicationApproved, said: str) -> Markup:
    return Markup("🎉 <b>{}</b>\n{}").format(
        view._("Welcome! You are a member of the union: {number}").format(number=number_words(view._, notice.number)),
        said,
    )


def undone_words(view: View, notice: ApplicationUndone) -> Page:
    return view._(
        "The decision on your application {receipt} was reversed; a coordinator will review it again. "
        "We're sorry about this."
    ).format(receipt=notice.receipt), []
