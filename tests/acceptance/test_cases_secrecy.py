"""What is told in a case stands nowhere in clear: not on the disk, not in a log, not in a report of an error."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import pytest

from bot.sandbox.params import Upload
from bot.sandbox.people import Person
from handlers.cases import presses as cases_presses
from storage.cases import messages as case_messages
from storage.cases.ids import CaseId
from tests.support.case_scripts import at_desk
from tests.support.cases import in_hand
from tests.support.databases import new_database
from tests.support.disk import search_disk, talkative
from tests.support.processes import bot, ends_within_10_s, logged, waits
from tests.support.simulator import ADMIN, COUNSEL, Rider, Town, telegram
from tests.support.words.cases import AGREE_AT_DESK, ANY_BUNDLE, IN_CONVERSATION
from tests.support.words.chat import WELCOME
from tests.support.words.forms import CONSENT_PAGE, REVIEW_PAGE, SEND

TOLD, ANSWERED, NOTED, CALLED, PLACE = (
    "三个月没发一分钱",
    "带上您的工资条吧",
    "此人语气急躁",
    "欧阳若曦",
    "陵城新区七号站",
)
FILE = b"%PDF-1.7 the payslip of September " * 9_000
FILE_NAME = "september-payslip.pdf"


async def brings_a_matter(rider: Rider) -> None:
    """To the aid desk, up to the question that takes files too."""
    await rider.says("/aid")
    await rider.hears_of(CONSENT_PAGE)
    await rider.presses(AGREE_AT_DESK)
    await rider.hears_of("What do you need help with?")
    await rider.presses("Housing")
    await rider.hears_of("your situation")
    await rider.says(TOLD)
    await rider.hears_of(REVIEW_PAGE)
    await rider.says(PLACE)
    await rider.hears_of(REVIEW_PAGE)


async def adds_evidence_and_sends(rider: Rider) -> None:
    await rider.sends(document=rider.world.files.document(Upload(FILE_NAME, FILE)))
    await rider.hears_of(REVIEW_PAGE)
    await rider.changes("Name")
    await rider.hears_of("What is your name?")
    await rider.says(CALLED)
    await rider.hears_of(REVIEW_PAGE)
    await rider.presses(SEND)
    await rider.hears_of("W-2026-000001")


async def handles_it(counsel: Rider, rider: Rider) -> None:
    """Takes the case, answers, notes something and has the evidence sent."""
    await counsel.says("/start")
    await counsel.hears_of(WELCOME)
    await counsel.forges(cases_presses.CLAIM.data(CaseId(1)))
    await counsel.hears_of(TOLD)
    await counsel.hears_of(PLACE)
    await counsel.until(lambda: any("document" in one for one in counsel.heard))
    await counsel.says(ANSWERED)
    await rider.hears_of(ANSWERED)
    await counsel.forges(cases_presses.BEGIN_NOTE.data(CaseId(1)))
    await counsel.hears_of("What do you want to note?")
    await counsel.says(NOTED)
    await counsel.hears_of("Noted")
    while not any(ANY_BUNDLE in one.get("caption", "") for one in counsel.heard):
        answered = len(counsel.answers)
        await counsel.forges(cases_presses.SEND_BUNDLE.data(CaseId(1)))
        await counsel.until(lambda answered=answered: len(counsel.answers) > answered)
        if counsel.answers[-1]["text"]:
            continue  # it is still being fetched
        await counsel.hears_of(ANY_BUNDLE)


@waits
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_nothing_of_a_case_can_be_read_on_the_disk(
    tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    """A case with evidence, by a program that logs at debug level; its keys are rotated, then it is killed."""
    url = await new_database(request.getfixturevalue("postgresql")) if kind == "postgresql" else ""
    async with telegram() as (api, address):
        settings = {**talkative(address, url), "NUANXIN_PEOPLE__COUNSEL": "2"}
        rider = Rider(api.world, api.world.add(Person(1, "Rider", language_code="en")))
        counsel = Rider(api.world, api.world.add(Person(2, "Counsel", language_code="en", started=True)))
        running = await bot(tmp_path, "run", **settings)
        await logged(tmp_path / "log", "(became leader)")
        await brings_a_matter(rider)
        assert await (await bot(tmp_path, "keys", "rotate", **settings)).wait() == 0
        await adds_evidence_and_sends(rider)
        await handles_it(counsel, rider)
        running.kill()
        await running.wait()
        again = await bot(tmp_path, "run", **settings)
        await rider.says("/my")
        await rider.hears_of("My cases")
        await ends_within_10_s(again)
    await search_disk(tmp_path, url, TOLD, ANSWERED, NOTED, CALLED, PLACE, FILE_NAME, "the payslip of September")
    log = (tmp_path / "logs" / "nuanxin.log").read_text()
    assert "became leader" in log and "Traceback" not in log


async def test_an_error_in_a_case_is_reported_without_a_word_of_it(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    rider, counsel, admin = await at_desk(town, 430), await at_desk(town, COUNSEL), await at_desk(town, ADMIN)
    row = await in_hand(town, rider, counsel)
    number = row.number

    async def fails(*_arguments: object) -> None:
        raise RuntimeError(TOLD)

    await rider.rider.forges(cases_presses.ENTER.data(row.id))
    await rider.rider.hears_of(IN_CONVERSATION)
    monkeypatch.setattr(case_messages, "say", fails)
    await rider.says(TOLD)
    await rider.rider.hears_of("nothing was changed")
    reported = await admin.rider.hears_of("RuntimeError")
    assert TOLD not in reported["text"] and number not in reported["text"]
    monkeypatch.undo()
    await rider.says("Once more")
    await counsel.rider.hears_of("Once more")
    async with town.database.reading() as session:
        texts = [case_messages.said_in(session, one).text for one in await case_messages.talk_of(session, row.id)]
    assert texts[-1] == "Once more" and TOLD not in texts


LOGGED = """
from bot.observability import logs
logs.set_up("debug", "{style}")
try:
    try:
        int("{told}")
    except ValueError as error:
        raise RuntimeError("{told}") from error
except RuntimeError as error:
    logs.logger("bot.updates.update_pipeline").error("an update failed", error_id="1", exc_info=error)
import logging
try:
    {{}}["{told}"]
except KeyError:
    logging.getLogger("asyncio").exception("Task exception was never retrieved")
"""


@pytest.mark.parametrize("style", ["console", "json"])
async def test_the_log_has_the_way_to_an_error_but_not_what_it_quotes(style: str) -> None:
    source = LOGGED.format(style=style, told=TOLD)
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", source, stderr=asyncio.subprocess.PIPE)
    _, said = await process.communicate()
    log = said.decode()
    assert TOLD not in log and json.dumps(TOLD) not in log
    for words in (
        "an update failed",
        "builtins.ValueError",
        "which led to",
        "builtins.RuntimeError",
        "line 6",
        "never retrieved",
        "builtins.KeyError",
    ):
        assert words in log
