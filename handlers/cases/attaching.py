"""Evidence that the bot keeps for somebody already, such as their pay book: one press puts it into the form.

A case keeps files by Telegram's ids, so the files are sent to their owner first. That is done beside the chat's turn,
and what was not sent is not attached.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from handlers.cases import presses
from handlers.cases.desk_form import DeskDraft, asks_for_evidence, form_name
from handlers.cases.messages.message_content import said_by
from handlers.cases.mine import form_of
from handlers.cases.opening import AfterOpening
from handlers.chat.bundles import NotSent
from handlers.chat.incoming import Json
from handlers.chat.replies import File, Outgoing
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.forms import form_pages
from handlers.forms.filling import Filling
from handlers.forms.questionnaires import Form
from handlers.forms.questions import MAX_PARTS
from storage import dialogues
from storage.cases.desks import Desks
from storage.cases.messages import Said


def register(routes: Routes, desks: Desks, after: AfterOpening) -> None:
    forms = {form_name(desk): form_of(desk, after) for desk in desks.values()}
    evidence = {
        form_name(desk): [ask.key for ask in desk.asks if asks_for_evidence(desk, ask.key)] for desk in desks.values()
    }
    routes.press(presses.ATTACH, partial(attach, after, forms, evidence))


async def attach(
    after: AfterOpening,
    forms: Mapping[str, Form[DeskDraft]],
    evidence: Mapping[str, Sequence[str]],
    talk: Talk,
    kind: str,
) -> None:
    """The files as they are now, if the form that asks for them is still open."""
    state = await dialogues.current(talk.session, talk.person.id, talk.now)
    own, bundles = after.own_files.get(kind), talk.context.ports.bundles
    if own is None or state is None or state.step is None or state.step not in evidence.get(state.form, ()):
        talk.answer_callback(talk._("This form is no longer open."), alert=True)
        return
    if bundles.is_busy_for(talk.person.id):
        talk.answer_callback(talk._("A file is being prepared for you and will arrive in a moment."), alert=True)
        return
    files = await own.make(talk)
    if not files:
        talk.answer_callback(talk._(own.none), alert=True)
        return
    talk.answer_callback(talk._("The file is being prepared and will arrive in a moment."))
    form, key = forms[state.form], state.step

    async def begin() -> None:
        bundles.claim(talk.person.id)
        talk.context.ports.run_in_background(_send_and_attach(talk, form, key, files))

    talk.committed.append(begin)


async def _send_and_attach(talk: Talk, form: Form[DeskDraft], key: str, files: Sequence[File]) -> None:
    bundles, said = talk.context.ports.bundles, list[Said]()

    async def after(sent: Json) -> None:
        said.append(said_by(talk, sent))

    async with bundles.turn(talk.person.id):
        try:
            for file in files:
                params = {"chat_id": talk.chat_id}
                await bundles.send(Outgoing("sendDocument", params, files={"document": file}, after=after))
        except NotSent:
            return
        for outgoing in await _attached(talk, form, key, said):
            await bundles.send(outgoing)


async def _attached(talk: Talk, form: Form[DeskDraft], key: str, said: Sequence[Said]) -> Sequence[Outgoing]:
    """Adds them to the answer, if the form is still open; returns what is shown: the question with what it has now."""
    async with talk.context.database.writing() as session:
        state = await dialogues.current(session, talk.person.id, talk.now)
        if state is None or state.form != form.name:
            return []
        again = Talk(talk.incoming, talk.key, talk.person, talk.now, talk.context, session)
        filling = Filling(again, form, state, {form.name: form})
        parts = form.questionnaire.by_key[key].parts(tuple(said))
        if len(filling.told(key)) + len(parts) > MAX_PARTS:
            return []
        if state.step == key:
            filling.gather(key, [*filling.parts, *parts])
        else:
            filling.add(key, parts)
        await filling.keep()
        await form_pages.show(filling)
        return again.outgoing
