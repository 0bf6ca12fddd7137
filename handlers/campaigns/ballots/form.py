"""The questions about a new ballot, and the file that the trustees send back."""

from __future__ import annotations

import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import IO

from pydantic import TypeAdapter

from handlers.campaigns.ballots.words import RULES, YES_NO_ABSTAIN, option
from handlers.chat.ports import NotFetched
from handlers.chat.talk import StatelessTalk, Talk
from handlers.forms.questionnaires import Form, questionnaire
from handlers.forms.questions import Choice, Input, NotAnAnswer, Question, asked
from handlers.i18n.formatting import listed
from handlers.i18n.translations import N_
from handlers.inputs.choice import ChoiceInput, YesNoInput
from handlers.inputs.moment import MomentInput
from handlers.inputs.text import LinesInput, TextInput
from storage.campaigns.ballots import thresholds
from storage.campaigns.ballots.terms import LEAST_OPTIONS, MOST_OPTIONS, Terms
from storage.campaigns.ballots.thresholds import ADVISORY_ONLY, HALF, READY_MADE, Base, Rule, RuleName
from storage.campaigns.ballots.trustee_keys import BadKey, PublicKey
from storage.campaigns.ids import CampaignId
from storage.people.access import Right

_KEY_FILE, _RESULT_FILE = 8 << 10, 20 << 20
"""Bytes: of a key, and what Telegram hands to a bot."""
_READY = ("1/3", "1/2", "2/3", "3/4")


async def _content(talk: StatelessTalk, limit: int) -> bytes | str | None:
    """The file that was sent; a sentence, if it can't be had; None if none was."""
    document = talk.incoming.body.get("document")
    if not isinstance(document, dict):
        return None
    if int(document.get("file_size") or 0) > limit:
        return talk._("This file is too large.")
    with tempfile.TemporaryFile() as into:
        try:
            await talk.context.ports.download_file(str(document["file_id"]), limit, into)
        except NotFetched:
            return talk._("I couldn't get the file from Telegram. Please send it again.")
        return _all_of(into)


def _all_of(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()


async def _fetch_key(talk: StatelessTalk, _draft: object) -> bytes | str | None:
    return await _content(talk, _KEY_FILE)


async def _fetch_result(talk: StatelessTalk, _draft: object) -> bytes | str | None:
    return await _content(talk, _RESULT_FILE)


class KeyInput(Input[str]):
    """The public half of the trustees' key: its line, or the file with it."""

    adapter = TypeAdapter(str)

    async def read(self, talk: Talk) -> str:
        sent = talk.fetched
        if isinstance(sent, str):
            raise NotAnAnswer(sent)
        text = sent.decode("utf-8", "replace") if isinstance(sent, bytes) else talk.text
        if not text:
            raise NotAnAnswer(talk._("Send me the trustees' public key: the line, or the file ballot-key.txt."))
        try:
            return PublicKey.read(text).text
        except BadKey:
            raise NotAnAnswer(
                talk._(
                    "This isn't a ballot key, or it has been altered. A ballot key begins with “nuanxin-ballot-key”."
                )
            ) from None

    def show(self, talk: Talk, value: str) -> str:
        key = PublicKey.read(value)
        return talk._("{threshold} of {trustees} trustees, {fingerprint}").format(
            threshold=key.threshold, trustees=key.trustees, fingerprint=key.fingerprint
        )


@dataclass(frozen=True)
class ShareInput(Input[str]):
    """A fraction, on a button or typed; "" is none, where that is offered."""

    none: str = ""
    """The message for none."""

    adapter = TypeAdapter(str)

    async def read(self, talk: Talk) -> str:
        share = thresholds.read_share(talk.text)
        if share is None:
            raise NotAnAnswer(talk._("Please write a fraction of at most 1, such as 3/5."))
        return f"{share.numerator}/{share.denominator}"

    def choices(self, talk: Talk) -> Sequence[Choice[str]]:
        ready = [Choice(one, one, one) for one in _READY]
        return [*ready, Choice("none", talk._(self.none), "")] if self.none else ready

    def show(self, talk: Talk, value: str) -> str:
        return value or talk._(self.none)


class OptionsInput(LinesInput):
    """2 to 9 different options, each on a line; at first Yes, No and Abstain."""

    async def read(self, talk: Talk) -> tuple[str, ...]:
        found = await super().read(talk)
        if not LEAST_OPTIONS <= len(set(found)) == len(found):
            raise NotAnAnswer(talk._(self.hint))
        return found

    def show(self, talk: Talk, value: tuple[str, ...]) -> str:
        return listed([option(talk.view, one) for one in value], talk.language)


def _is_own(draft: BallotDraft) -> bool:
    return draft.rule is RuleName.OWN


def _may_bind(draft: BallotDraft) -> bool:
    return draft.rule not in ADVISORY_ONLY


@dataclass(frozen=True, kw_only=True)
class BallotDraft:
    """A ballot as coordinators set it up."""

    campaign: CampaignId
    question: str = asked(
        Question(N_("Question"), N_("What is voted on? For example: Do you accept the agreement?"), TextInput(5, 200))
    )
    rule: RuleName | None = asked(
        Question(
            N_("Rule"),
            N_(
                "When does it carry? The first option is the one that needs the votes.\n\n"
                "🇨🇳 Provisions on Collective Contracts, article 36: at least 2/3 take part, and more than half of ALL "
                "entitled to vote choose it.\n"
                "Majority: at least 1/3 take part, and more than half of the votes cast are for it.\n"
                "🇬🇧 50% turnout: at least half take part, and more than half of the votes cast are for it. Advisory "
                "only, since UK law requires a postal ballot."
            ),
            ChoiceInput(RULES),
        ),
        default=None,
    )
    turnout: str | None = asked(
        Question(
            N_("Turnout"),
            N_("What share of those entitled to vote must take part, at least?"),
            ShareInput(N_("No minimum")),
            columns=2,
            when=_is_own,
        ),
        default=None,
    )
    share: str | None = asked(
        Question(
            N_("Majority"),
            N_("What share has to agree? 1/2 means more than half; any other share, at least that much."),
            ShareInput(),
            columns=2,
            when=_is_own,
        ),
        default=None,
    )
    base: Base | None = asked(
        Question(
            N_("Share of"),
            N_("A share of whom?"),
            ChoiceInput({Base.ENTITLED: N_("All entitled to vote"), Base.CAST: N_("The votes cast")}),
            when=_is_own,
        ),
        default=None,
    )
    binds: bool | None = asked(
        Question(
            N_("Effect"),
            N_("Does the result bind the union? Voters are told before they vote."),
            YesNoInput(N_("Binding"), N_("Advisory")),
            when=_may_bind,
            unanswered=N_("Advisory"),
        ),
        default=None,
    )
    key: str = asked(
        Question(
            N_("Trustees' key"),
            N_(
                "Send me the trustees' public key: the line, or the file ballot-key.txt. A trustee makes it on a "
                "computer of their own, with “python -m bot ballot keygen --trustees 5 --threshold 3”. Never send me a "
                "trustee's share."
            ),
            KeyInput(),
            look_up=_fetch_key,
        )
    )
    closes_at: datetime = asked(
        Question(
            N_("Closes"),
            N_("When does the ballot close? Write it like “next Saturday 8 pm”, or choose a day."),
            MomentInput(timedelta(days=90), N_("The time must be in the future, within 90 days.")),
        )
    )
    options: tuple[str, ...] = asked(
        Question(
            N_("Options"),
            N_("Which options? 2 to 9, each on a line of its own. The first one is the one that needs the votes."),
            OptionsInput(
                MOST_OPTIONS,
                60,
                N_("Please write 2 to 9 different options of up to 60 characters, each on its own line."),
            ),
        ),
        default=YES_NO_ABSTAIN,
        preset=True,
    )

    @property
    def conditions(self) -> Rule:
        """What it takes to carry."""
        assert self.rule is not None
        if self.rule is not RuleName.OWN:
            return READY_MADE[self.rule]
        turnout = Fraction(self.turnout) if self.turnout else None
        return thresholds.own(turnout, Fraction(self.share or HALF), self.base or Base.ENTITLED)

    def terms(self, campaign: str) -> Terms:
        """As they are announced; `campaign` is its title."""
        assert self.rule is not None
        binds = bool(self.binds) and self.rule not in ADVISORY_ONLY
        return Terms(campaign, self.question, self.options, self.conditions, binds, PublicKey.read(self.key))


class ResultInput(Input[str]):
    """The result file, as the tool of the trustees wrote it; its value is its name."""

    adapter = TypeAdapter(str)

    async def read(self, talk: Talk) -> str:
        if isinstance(talk.fetched, str):
            raise NotAnAnswer(talk.fetched)
        if not isinstance(talk.fetched, bytes):
            raise NotAnAnswer(talk._("Please send the file as a document (📎 → File)."))
        return str(talk.incoming.body["document"].get("file_name") or "result.json")


@dataclass(frozen=True, slots=True)
class ResultFile:
    """A result that comes back; its content is what was fetched."""

    campaign: CampaignId
    name: str = asked(
        Question(
            N_("Result file"),
            N_("Send me the result file that “ballot open” wrote. I'll check it, publish it and tell everyone."),
            ResultInput(),
            look_up=_fetch_result,
        )
    )


def preparing(done: Callable[[Talk, BallotDraft], Awaitable[None]]) -> Form[BallotDraft]:
    return Form(
        name="ballot",
        title=N_("Secret ballot"),
        questionnaire=questionnaire(BallotDraft),
        done=done,
        send_label=N_("💾 Save it"),
        right=Right.RUN_CAMPAIGNS,
    )


def bringing(done: Callable[[Talk, ResultFile], Awaitable[None]]) -> Form[ResultFile]:
    return Form(
        name="ballot_result",
        title=N_("Result of the secret ballot"),
        questionnaire=questionnaire(ResultFile),
        done=done,
        review=False,
        right=Right.RUN_CAMPAIGNS,
    )
