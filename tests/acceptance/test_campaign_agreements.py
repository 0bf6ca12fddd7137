"""The draft agreement: three versions, what riders say about them, and what becomes of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.campaigns.agreements import presses
from handlers.i18n.translations import Translate, translator
from storage import audit
from storage.campaigns.agreements import comment_lists, comments, personal_data, reading, versions
from storage.campaigns.agreements.audited import AgreementAction
from storage.campaigns.agreements.comments import CommentState
from storage.campaigns.agreements.splitting import split
from storage.campaigns.agreements.table import Agreement, Backing
from storage.campaigns.campaigns import Phase
from storage.campaigns.ids import ClauseId, CommentId, DemandId
from storage.database import Database
from storage.people.segments import Segment, Speaks
from storage.telegram_ids import PersonId
from tests.support.activities import at_home
from tests.support.agreements import (
    CLAUSE_1,
    FIRST,
    KNOWN,
    SECOND,
    THIRD,
    changes,
    clauses_of,
    published,
    publishes,
    sends_file,
    sends_version,
    with_campaigns,
)
from tests.support.campaigns import TITLE, in_phase, moved, prepared
from tests.support.config import configured
from tests.support.languages import LANGUAGES
from tests.support.pdf_text import text_of_pdf
from tests.support.privacy import erases_everything
from tests.support.simulator import ADMIN, COORDINATOR, Rider, Town, running, telegram
from tests.support.words.privacy import STORED_PAGE

RIDER, OTHER = 510, 511
ASKED_FOR_COMMENT = (
    "What should change in this clause, and why? Up to 300 characters. Others will read it without your name."
)
THANKS = (
    "Thank you. Once a coordinator has checked it, everyone can read it, signed “{alias}”. I'll tell you what becomes "
    "of it."
)


@pytest.fixture
async def demanding(database: Database, tmp_path: Path) -> AsyncIterator[Town]:
    """A town whose campaigns have demands, told by another part."""
    async with telegram() as (api, address):
        town = Town(database, api, configured(tmp_path, address), all_features=with_campaigns(KNOWN))
        async with running(town.app):
            yield town


async def opens_draft(coordinator: Rider, _: Translate, waiting: int = 0, settled: int = 0) -> None:
    """The coordinators' page of a draft with so many comments."""
    await coordinator.presses(_("◀ Draft agreement"))
    counts = _("💬 {waiting} to check, {open} to answer, {settled} answered")
    await coordinator.hears_of(counts.format(waiting=waiting, open=0, settled=settled))


@LANGUAGES
async def test_a_draft_in_three_versions_is_commented_on_and_answered(town: Town, language: str) -> None:
    _ = translator(language)
    coordinator = await at_home(town, COORDINATOR, language)
    rider, other = await at_home(town, RIDER, language), await at_home(town, OTHER, language)
    campaign_id = await in_phase(town, Phase.DRAFT)
    await town.announces()
    await rider.hears_of(_("Next comes the draft agreement. You'll hear when it is here to read and to comment on."))
    await rider.says("/agreement")
    await rider.hears_of(_("There is no draft agreement to read right now. See what is open: /voice"))

    await coordinator.says("/campaign")
    await coordinator.hears_of(_("Campaigns"))
    await coordinator.presses(TITLE)
    await coordinator.hears_of(_("No version of the draft is published yet."))
    await coordinator.presses(_("📄 Draft agreement"))
    await coordinator.hears_of(TITLE)
    await sends_version(coordinator, _, 1, FIRST[language], as_file=True)
    await rider.says("/agreement")
    await rider.hears_of(_("There is no draft agreement to read right now. See what is open: /voice"))
    await publishes(town, coordinator, _, 1)

    await rider.hears_of(
        _("Version {n} of the draft agreement is here. Read it clause by clause and say what you think.").format(n=1)
    )
    await rider.presses(_("📄 Read the draft"))
    await rider.hears_of(_("Preamble"))
    await rider.presses("▶")
    page = await rider.hears_of(CLAUSE_1[language])
    assert "2/4" in page["text"]
    assert _("❓ Why this clause") not in str(page["reply_markup"]), "nobody has said why"
    await rider.presses(_("💬 Comments"))
    await rider.hears_of(_("No comments yet."))
    await rider.presses(_("✍ Write a comment"))
    await rider.hears_of(_(ASKED_FOR_COMMENT))
    await rider.says("30 min! 13812345678")
    await rider.hears_of(
        _("Everyone will read this, so please leave out phone numbers, ID numbers and email addresses.")
    )
    await rider.says("30 min, please <b>")
    thanks = await rider.hears_of(_(THANKS).partition("{alias}")[0])
    assert _("Rider {alias}").partition("{")[0] in thanks["text"]
    await rider.presses(_("◀ Back to the clause"))
    await rider.hears_of(CLAUSE_1[language])
    await rider.presses(_("💬 Comments"))
    own = await rider.hears_of("30 min, please <b>")
    assert _("Only you can see this until a coordinator has checked it.") in own["text"] and _("you") in own["text"]
    (clause_1,) = (await clauses_of(town, campaign_id))[1:2]
    await other.forges(presses.COMMENTS.data(clause_1, 0))
    await other.hears_of(_("No comments yet."))

    await opens_draft(coordinator, _, waiting=1)
    await coordinator.presses(_("💬 Work through comments ({n})").format(n=1))
    await coordinator.hears_of("30 min, please")
    await coordinator.presses(_("👁 Show it to everyone"))
    await coordinator.hears_of("30 min, please")
    await other.forges(presses.COMMENTS.data(clause_1, 0))
    await other.hears_of("30 min, please")
    await other.presses("👍 ")
    await other.is_told(_("👍 You support this comment."))
    await other.hears_of("30 min, please")
    await other.presses(" ✓")
    await other.is_told(_("You already support this comment."))
    await coordinator.presses(_("✔ Adopted in version {n} …").format(n=2))
    await coordinator.hears_of(_("How was it adopted? One sentence for its author and everyone else, or skip it."))
    await coordinator.says("30 minutes it is")
    await coordinator.hears_of(_("✓ All comments are answered."))
    town.deliver()
    told = await rider.hears_of("30 minutes it is")
    assert _("✔ adopted in version {n}").format(n=2) in told["text"] and "30 min, please" in told["text"]

    await opens_draft(coordinator, _, settled=1)
    await sends_version(coordinator, _, 2, SECOND[language], as_file=False)
    await publishes(town, coordinator, _, 2)
    await rider.hears_of(_("✎ {n} changed").format(n=1))
    await rider.forges(presses.CLAUSE.data(clause_1))
    await rider.hears_of(_("✎ changed"))
    await rider.presses(_("⚖ What changed since version {n}").format(n=1))
    shown = await rider.hears_of(_("Struck through: no longer there. Bold: new."))
    kinds = {entity["type"] for entity in shown["entities"]}
    assert {"strikethrough", "bold"} <= kinds
    await rider.presses(_("◀ Back to the clause"))
    await rider.hears_of(CLAUSE_1[language])

    await opens_draft(coordinator, _, settled=1)
    await sends_version(coordinator, _, 3, THIRD[language], as_file=True)
    await publishes(town, coordinator, _, 3)
    found = await changes(town, campaign_id)
    assert (len(found.new), len(found.gone)) == (1, 1)
    await rider.hears_of(_("➕ {n} new").format(n=1))
    await rider.presses(_("📄 Read the draft"))
    await rider.hears_of(_("Preamble"))
    await rider.presses(_("☰ All clauses"))
    await rider.hears_of(_("➖ {n} no longer there").format(n=1))
    assert "💬 1" in rider.button(CLAUSE_1[language])[1] or rider.button("💬 1")
    await rider.presses("➖ ")
    await rider.hears_of(_("This clause is no longer in the draft. It was in version {n}:").format(n=2))
    await town.until_idle()
    assert sum("30 minutes it is" in heard.get("text", "") for heard in rider.heard if not heard["edited"]) == 1
    assert not any("30 minutes it is" in heard.get("text", "") for heard in other.heard)

    await opens_draft(coordinator, _, settled=1)
    await coordinator.presses(_("📥 PDF"))
    await coordinator.until(lambda: "document" in coordinator.heard[-1])
    upload = town.world.files.get(coordinator.heard[-1]["document"]["file_id"])
    assert upload is not None and upload.content.startswith(b"%PDF")
    text = " ".join(text_of_pdf(upload.content).split())
    assert "30 minutes it is" in text and CLAUSE_1[language].split(" ")[0] in text
    await coordinator.presses(_("📥 CSV"))
    await coordinator.until(lambda: coordinator.heard[-1].get("document", {}).get("file_name", "").endswith(".csv"))
    upload = town.world.files.get(coordinator.heard[-1]["document"]["file_id"])
    assert upload is not None and "30 min, please <b>" in upload.content.decode()
    async with town.database.reading() as session:
        acts = [entry.act for entry in await audit.newest(session, 20)]
    assert acts.count(AgreementAction.VERSION_PUBLISHED) == 3 and AgreementAction.COMMENT_SETTLED in acts


async def writes(town: Town, clause_id: ClauseId, person_id: int, text: str) -> CommentId:
    """A comment that waits to be looked at."""
    async with town.database.writing() as session:
        row, _ = await comments.write(session, clause_id, PersonId(person_id), text, town.now)
        return row.id


async def shown(town: Town, comment_id: CommentId) -> None:
    async with town.database.writing() as session:
        await comments.show(session, comment_id)


async def state_of(town: Town, comment_id: CommentId) -> CommentState:
    async with town.database.reading() as session:
        return (await comments.find(session, comment_id)).state


async def backed_by(town: Town, comment_id: CommentId, people: range) -> None:
    for one in people:
        rider = await at_home(town, one)
        async with town.database.writing() as session:
            await comments.back(session, comment_id, rider.id, town.now)


async def test_a_comment_that_is_not_shown_is_heard_of_by_its_author_alone(town: Town) -> None:
    coordinator, rider, other = [await at_home(town, one) for one in (COORDINATOR, RIDER, OTHER)]
    _, clause, *_rest = await published(town, await in_phase(town, Phase.DRAFT))
    comment_id = await writes(town, clause, RIDER, "The boss is a thief")
    await coordinator.forges(presses.ASK_TO_REFUSE.data(comment_id))
    await coordinator.hears_of("Why not show it?")
    await coordinator.presses("it insults someone")
    await coordinator.hears_of("All comments are answered")
    told = await rider.hears_of("It isn't shown to others: it insults someone.")
    assert "The boss is a thief" in told["text"]
    await other.forges(presses.COMMENTS.data(clause, 0))
    await other.hears_of("No comments yet.")
    for stale in (presses.SHOW.data(comment_id), presses.REFUSE.data(comment_id, "insult")):
        await coordinator.forges(stale)
        await coordinator.is_told("has just dealt with this comment")
    assert await state_of(town, comment_id) is CommentState.REFUSED
    await other.forges(presses.BACK.data(comment_id))
    await other.is_told("no longer there")


async def test_of_two_coordinators_one_answers(town: Town) -> None:
    """The other one, who was still writing, changes nothing, and the author hears once."""
    first, second, rider = [await at_home(town, one) for one in (COORDINATOR, ADMIN, RIDER)]
    _, clause, *_rest = await published(town, await in_phase(town, Phase.DRAFT))
    comment_id = await writes(town, clause, RIDER, "Why 35 degrees?")
    await shown(town, comment_id)
    await first.forges(presses.SETTLE.data(comment_id, "answered", 0))
    await first.hears_of("What is your answer?")
    await second.forges(presses.SETTLE.data(comment_id, "not_taken", 0))
    await second.hears_of("Why not?")
    await first.says("The law says so")
    await first.hears_of("All comments are answered")
    await second.says("Too dear")
    await second.hears_of("has just dealt with this comment")
    await rider.hears_of("The law says so")
    await town.until_idle()
    assert not any("Too dear" in heard.get("text", "") for heard in rider.heard)
    await first.forges(presses.SETTLE.data(comment_id, "taken", 7))
    await first.is_told("has just dealt with this comment")


async def test_of_two_coordinators_one_publishes(town: Town) -> None:
    coordinator = await at_home(town, COORDINATOR)
    campaign_id = await in_phase(town, Phase.DRAFT)
    async with town.database.writing() as session:
        version = (await versions.prepare(session, campaign_id, split(FIRST["en"]))).id
    for press in (presses.PUBLISH, presses.ASK_TO_PUBLISH, presses.PUBLISH):
        await coordinator.forges(press.data(version))
    await coordinator.is_told("already been published")
    await coordinator.forges(presses.DISCARD.data(version))
    await coordinator.is_told("already been published")
    assert len(await clauses_of(town, campaign_id)) == 4


async def test_a_draft_that_is_ready_early_is_published_once_its_phase_has_come(town: Town) -> None:
    """As played: "This phase has closed", of one that had not begun."""
    coordinator = await at_home(town, COORDINATOR)
    campaign_id = await in_phase(town, Phase.RANK)
    async with town.database.writing() as session:
        version = (await versions.prepare(session, campaign_id, split(FIRST["en"]))).id
    for press in (presses.ASK_TO_PUBLISH, presses.PUBLISH):
        await coordinator.forges(press.data(version))
        await coordinator.is_told("once the campaign has moved on to the draft agreement")
        coordinator.answers.clear()
    await moved(town, campaign_id, Phase.DRAFT)
    await coordinator.forges(presses.ASK_TO_PUBLISH.data(version))
    await coordinator.hears_of("Publish version 1?")


async def test_coordinators_go_on_clause_by_clause(town: Town) -> None:
    """In the order of the clauses, not of time; what was put off comes again after the last."""
    coordinator = await at_home(town, COORDINATOR)
    await at_home(town, RIDER)
    campaign_id = await in_phase(town, Phase.DRAFT)
    _, first, second, third = await published(town, campaign_id)
    for clause, text in ((third, "On uniforms"), (first, "On rest"), (second, "On heat")):
        await shown(town, await writes(town, clause, RIDER, text))
    await coordinator.forges(presses.WORK.data(campaign_id, CommentId(0)))
    await coordinator.hears_of("On rest")
    await coordinator.presses("⏭ Later")
    await coordinator.hears_of("On heat")
    await coordinator.presses("💬 Answer …")
    await coordinator.hears_of("What is your answer?")
    await coordinator.says("It is the law")
    assert "2 comments left" in (await coordinator.hears_of("On uniforms"))["text"]
    await coordinator.presses("⏭ Later")
    await coordinator.hears_of("On rest")


async def test_the_draft_is_for_its_segment_alone(town: Town) -> None:
    english = await at_home(town, OTHER)
    await at_home(town, RIDER, "zh_Hans")
    campaign_id = await prepared(town, segment=Segment((Speaks("zh_Hans"),)))
    await moved(town, campaign_id, Phase.DRAFT)
    _, clause, *_rest = await published(town, campaign_id)
    comment_id = await writes(town, clause, RIDER, "二十分钟太短")
    await shown(town, comment_id)
    for data in (
        presses.OPEN.data(campaign_id),
        presses.CLAUSE.data(clause),
        presses.CLAUSES.data(campaign_id, 0),
        presses.WHY.data(clause),
        presses.CHANGED.data(clause, 1),
        presses.COMMENTS.data(clause, 0),
        presses.COMMENT.data(clause),
        presses.BACK.data(comment_id),
    ):
        before = len(english.answers)
        await english.forges(data)
        await english.until(lambda before=before: len(english.answers) > before)
        assert "isn't open to you" in english.answers[-1]["text"], data
    await english.says("/agreement")
    await english.hears_of("There is no draft agreement to read right now.")


async def test_after_its_phase_the_draft_is_read_and_no_longer_commented_on(town: Town) -> None:
    coordinator, rider = await at_home(town, COORDINATOR), await at_home(town, RIDER)
    campaign_id = await in_phase(town, Phase.DRAFT)
    _, clause, *_rest = await published(town, campaign_id)
    await rider.forges(presses.COMMENT.data(clause))
    await rider.hears_of(ASKED_FOR_COMMENT)
    await moved(town, campaign_id, Phase.VOTE)
    await rider.says("Too late")
    await rider.hears_of("This phase has closed, so I have closed this form; nothing from it was sent.")
    await rider.says("/cancel")
    await rider.hears_of("There is nothing to cancel.")
    await rider.forges(presses.COMMENTS.data(clause, 0))
    await rider.hears_of("No comments yet.")
    assert not any("Write a comment" in str(heard.get("reply_markup")) for heard in rider.heard[-1:])
    await coordinator.forges(presses.SEND.data(campaign_id))
    await coordinator.is_told("until its draft phase is over")


async def test_backings_are_shown_from_five_on(town: Town) -> None:
    rider = await at_home(town, RIDER)
    _, clause, *_rest = await published(town, await in_phase(town, Phase.DRAFT))
    comment_id = await writes(town, clause, RIDER, "30 minutes")
    await shown(town, comment_id)
    await backed_by(town, comment_id, range(600, 604))
    await rider.forges(presses.COMMENTS.data(clause, 0))
    assert "👍" not in (await rider.hears_of("30 minutes"))["text"]
    await rider.forges(presses.BACK.data(comment_id))
    await rider.is_told("your own")
    await backed_by(town, comment_id, range(604, 609))
    await rider.forges(presses.COMMENTS.data(clause, 0))
    assert "👍 10" in (await rider.hears_of("30 minutes"))["text"]


async def test_what_waits_of_others_is_not_even_read(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many could write to slow down whoever reads the clause."""
    campaign_id = await in_phase(town, Phase.DRAFT)
    clause, *_ = await published(town, campaign_id)
    await at_home(town, RIDER)
    await at_home(town, OTHER)
    read = list[str]()

    def noted(session: AsyncSession, row: comments.Comment) -> str:
        read.append(comments.text_of(session, row))
        return read[-1]

    monkeypatch.setattr(comment_lists, "text_of", noted)
    async with town.database.writing() as session:
        await comments.write(session, clause, PersonId(RIDER), "Mine", town.now)
        await comments.write(session, clause, PersonId(OTHER), "Theirs", town.now)
        assert [one.text for one in await comment_lists.public_on(session, clause, PersonId(RIDER))] == ["Mine"]
    assert read == ["Mine"]


async def test_one_person_can_have_few_comments_waiting(town: Town) -> None:
    rider = await at_home(town, RIDER)
    _, clause, *_rest = await published(town, await in_phase(town, Phase.DRAFT))
    for number in range(comments.MOST_WAITING):
        await writes(town, clause, RIDER, f"Comment {number}")
    await rider.forges(presses.COMMENT.data(clause))
    await rider.hears_of(ASKED_FOR_COMMENT)
    await rider.says("One more")
    await rider.hears_of("Several of your comments are still waiting")


async def test_files_that_are_none_change_nothing(town: Town) -> None:
    coordinator = await at_home(town, COORDINATOR)
    campaign_id = await in_phase(town, Phase.DRAFT)
    await coordinator.forges(presses.SEND.data(campaign_id))
    await coordinator.hears_of(".docx")
    for name, content, said in (
        ("agreement.pdf", b"%PDF", "Please send a .docx"),
        ("agreement.docx", b"PK\x03\x04 nothing more", "I can't read this file."),
        ("agreement.docx", b"", "I can't read this file."),
        ("agreement.txt", b"\x00\x01\x02", "I can't read this file."),
        ("agreement.txt", b"x" * (6 << 20), "The file is too large"),
    ):
        await sends_file(coordinator, name, content)
        await coordinator.hears_of(said)
    await sends_file(coordinator, "agreement.txt", b"  \n ")
    await coordinator.hears_of("1")
    await coordinator.presses("✔ That's all")
    await coordinator.hears_of("There is no text in it.")
    async with town.database.reading() as session:
        assert await versions.prepared(session, campaign_id) is None


async def test_a_long_agreement_has_room_in_each_message(town: Town) -> None:
    """200 clauses with long headings, all renumbered and reworded; and the longest comments on one of them."""
    coordinator, rider = await at_home(town, COORDINATOR), await at_home(town, RIDER)
    campaign_id = await in_phase(town, Phase.DRAFT)
    heading, text = "关于骑手劳动权益保障与平台算法规则协商事项的具体约定内容说明之一部分条款", "骑手有权休息。" * 200
    old, new = (
        "\n".join(f"第{n}条 {n}{heading}\n{n}{text}{more}" for n in range(at, at + 100))
        for at, more in ((1, ""), (50, "又"))
    )
    clause = (await published(town, campaign_id, old))[60]
    async with town.database.writing() as session:
        row = await versions.prepare(session, campaign_id, split(new))
    await coordinator.forges(presses.PREPARED.data(row.id))
    await coordinator.hears_of("not published yet")
    for person in range(600, 605):
        await at_home(town, person)
        comment_id = await writes(town, clause, person, "意" * comments.LONGEST)
        async with town.database.writing() as session:
            await comments.show(session, comment_id)
            await comments.decide(session, comment_id, CommentState.ANSWERED, "答" * comments.LONGEST)
    await rider.forges(presses.COMMENTS.data(clause, 0))
    await rider.hears_of("意" * comments.LONGEST)
    await moved(town, campaign_id, Phase.DRAFT)
    await published(town, campaign_id, new)
    await rider.forges(presses.CHANGED.data((await clauses_of(town, campaign_id))[0], 1))
    await rider.hears_of("What changed since version 1")


@pytest.mark.both_databases
async def test_a_coordinator_says_which_clause_it_was(town: Town) -> None:
    """Matching is a guess: both ways it can be put right before everybody sees it."""
    coordinator = await at_home(town, COORDINATOR)
    campaign_id = await in_phase(town, Phase.DRAFT)
    old = (await published(town, campaign_id))[3]
    async with town.database.writing() as session:
        row = await versions.prepare(session, campaign_id, split(THIRD["en"]))
        new = (await versions.texts_of(session, row.id))[3].clause_id
    assert new != old
    await coordinator.forges(presses.PREPARED.data(row.id))
    await coordinator.hears_of("➖ Article 3 Uniforms")
    await coordinator.forges(presses.PREPARED_CLAUSE.data(row.id, new))
    await coordinator.hears_of("➕ new")
    await coordinator.presses("🔗 It was there before")
    await coordinator.hears_of("Which clause of the last version was it?")
    await coordinator.presses("Article 3 Uniforms")
    await coordinator.hears_of("← Article 3 Uniforms")
    await coordinator.forges(presses.LINK.data(row.id, new, old))
    await coordinator.is_told("no longer there")
    await coordinator.presses("✂ It's a new clause")
    await coordinator.hears_of("➕ new")
    await coordinator.presses("◀ Back")
    await coordinator.hears_of("➖ Article 3 Uniforms")
    await coordinator.presses("🗑 Discard …")
    await coordinator.hears_of("Discard this version?")
    await coordinator.presses("🗑 Discard this version")
    await coordinator.hears_of("Discarded.")
    await coordinator.forges(presses.PUBLISH.data(row.id))
    await coordinator.is_told("no longer there")


async def test_a_version_is_discarded_with_the_demands_behind_its_new_clauses(town: Town) -> None:
    campaign_id = await in_phase(town, Phase.DRAFT)
    async with town.database.writing() as session:
        row = await versions.prepare(session, campaign_id, split(FIRST["en"]))
        text = (await versions.texts_of(session, row.id))[0]
        await reading.set_demand(session, text.clause_id, DemandId(1), answered=True)
    async with town.database.writing() as session:
        await versions.discard(session, row.id)
        assert await reading.demands_behind(session, [text.clause_id]) == []


@pytest.mark.both_databases
async def test_why_a_clause_is_there_and_which_demands_are_behind_it(demanding: Town) -> None:
    """The demands are known to another part; a coordinator links them."""
    town = demanding
    coordinator, rider = await at_home(town, COORDINATOR), await at_home(town, RIDER)
    campaign_id = await in_phase(town, Phase.DRAFT)
    _, clause, *_rest = await published(town, campaign_id)
    await coordinator.forges(presses.EXPLAINED.data(campaign_id, 0))
    await coordinator.hears_of("Why is each clause there?")
    await coordinator.presses("Article 1 Rest breaks")
    await coordinator.hears_of("Press the demands that this clause answers.")
    await coordinator.presses("A break at noon")
    await coordinator.hears_of("Press the demands that this clause answers.")
    assert coordinator.button("✓ A break at noon")
    await coordinator.changes("Why this clause")
    await coordinator.hears_of("Why is this clause there?")
    await coordinator.says("Tired riders have accidents")
    await coordinator.hears_of("Tired riders have accidents")
    await rider.forges(presses.CLAUSE.data(clause))
    await rider.hears_of("Article 1 Rest breaks")
    await rider.presses("❓ Why this clause")
    page = await rider.hears_of("Tired riders have accidents")
    assert "• A break at noon 👍 40" in page["text"] and "Shoes" not in page["text"]
    await coordinator.forges(presses.LINK_DEMAND.data(clause, DemandId(99), 0))
    await coordinator.is_told("no longer there")
    for _tap in range(2):
        await coordinator.forges(presses.UNLINK_DEMAND.data(clause, DemandId(1), 0))
        await coordinator.hears_of("Press the demands that this clause answers.")
    await rider.forges(presses.WHY.data(clause))
    assert "A break at noon" not in (await rider.hears_of("Tired riders have accidents"))["text"]


@pytest.mark.both_databases
async def test_an_erased_rider_leaves_what_was_public_without_an_author(town: Town) -> None:
    rider, other = await at_home(town, RIDER), await at_home(town, OTHER)
    campaign_id = await in_phase(town, Phase.DRAFT)
    _, clause, *_rest = await published(town, campaign_id)
    public, waiting = await writes(town, clause, RIDER, "Thirty minutes"), await writes(town, clause, RIDER, "Secret")
    theirs = await writes(town, clause, OTHER, "Not enough")
    await shown(town, public)
    await shown(town, theirs)
    await backed_by(town, theirs, range(600, 604))
    async with town.database.writing() as session:
        await comments.back(session, theirs, rider.id, town.now)
        copied = await personal_data.copy_of(session, rider.id)
    assert {"Thirty minutes", "Secret"} == {one["comment"] for one in copied if "comment" in one}
    assert [one["backs"] for one in copied if "backs" in one] == ["Not enough"]
    await rider.says("/privacy")
    await rider.hears_of(STORED_PAGE)
    await erases_everything(rider)
    async with town.database.reading() as session:
        assert await comments.author_of(session, await comments.find(session, public)) is None
        assert (await comments.find(session, theirs)).backers == 4
        with pytest.raises(comments.NoSuchComment):
            await comments.find(session, waiting)
    await other.forges(presses.COMMENTS.data(clause, 0))
    assert "A rider" in (await other.hears_of("Thirty minutes"))["text"]


@pytest.mark.both_databases
async def test_authors_are_forgotten_a_while_after_the_end(town: Town) -> None:
    campaign_id = await prepared(town, {Phase.DRAFT: None})
    await moved(town, campaign_id, Phase.DRAFT)
    await at_home(town, RIDER)
    _, clause, *_rest = await published(town, campaign_id)
    public, waiting = await writes(town, clause, RIDER, "Thirty minutes"), await writes(town, clause, RIDER, "Secret")
    await shown(town, public)
    await backed_by(town, public, range(600, 603))
    await moved(town, campaign_id, None)
    town.now += personal_data.AUTHORS_KEPT - timedelta(days=1)
    await forgets(town)
    async with town.database.reading() as session:
        assert await comments.author_of(session, await comments.find(session, public)) == RIDER
        assert (await session.scalar(select(func.count()).select_from(Backing))) == 0
    town.now += timedelta(days=2)
    await forgets(town)
    async with town.database.reading() as session:
        row = await comments.find(session, public)
        assert await comments.author_of(session, row) is None and row.backers == 3
        assert (await session.get_one(Agreement, campaign_id)).secret is None
        with pytest.raises(comments.NoSuchComment):
            await comments.find(session, waiting)


async def forgets(town: Town) -> None:
    async with town.database.writing() as session:
        while await personal_data.forget(session, town.now, town.context.settings.retention):
            pass
