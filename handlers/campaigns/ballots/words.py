"""How a ballot, its conditions and its result are put into words."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from datetime import datetime

from markupsafe import Markup

from handlers.campaigns.words import seen_by_telegram
from handlers.chat.view import View
from handlers.i18n.translations import N_, number
from storage.campaigns.ballots import publishing, turnouts, verify
from storage.campaigns.ballots.publishing import Result
from storage.campaigns.ballots.table import Ballot, State
from storage.campaigns.ballots.terms import LEAST_CAST, LEAST_ENTITLED, Terms
from storage.campaigns.ballots.thresholds import Base, Condition, Measure, RuleName
from storage.telegram_ids import NOBODY, PersonId

_TAG = re.compile(r"<[^>]*>")
YES_NO_ABSTAIN = (N_("Yes"), N_("No"), N_("Abstain"))
"""The options that stand there from the beginning. They are kept in English, and shown in the reader's language."""
RULES: dict[RuleName, str] = {
    RuleName.CHINA_36: N_("🇨🇳 Collective contract, art. 36"),
    RuleName.MAJORITY: N_("Majority of the votes cast"),
    RuleName.UK_50: N_("🇬🇧 50% turnout"),
    RuleName.OWN: N_("My own conditions"),
}
STATES: dict[State, str] = {
    State.PREPARED: N_("📝 not opened yet"),
    State.FREEZING: N_("⏳ ballot papers are being prepared"),
    State.OPEN: N_("🗳 open"),
    State.CLOSED: N_("🔒 closed, waiting for the trustees"),
    State.PUBLISHED: N_("✅ result published"),
    State.NOT_OPENED: N_("⏹ not opened: too few people"),
}
_CONDITIONS: dict[tuple[Measure, Base, bool], str] = {
    (Measure.TURNOUT, Base.ENTITLED, False): N_("at least {share} of those entitled to vote take part"),
    (Measure.APPROVAL, Base.ENTITLED, True): N_("more than {share} of ALL entitled to vote choose “{option}”"),
    (Measure.APPROVAL, Base.ENTITLED, False): N_("at least {share} of ALL entitled to vote choose “{option}”"),
    (Measure.APPROVAL, Base.CAST, True): N_("more than {share} of the votes cast are “{option}”"),
    (Measure.APPROVAL, Base.CAST, False): N_("at least {share} of the votes cast are “{option}”"),
}
_HASH_SHOWN = 16
_NAMED = 5
"""Shares that are named one by one in the trustees' command."""
_FAULTS: dict[str, str] = {
    publishing.OTHER_TERMS: N_("It was counted for other terms than those of this ballot."),
    publishing.OTHER_ROLL: N_("Its roll is not the one that was announced."),
    publishing.OTHER_BOX: N_("Its box is not the one that was announced at the close."),
    publishing.COUNTED_OTHERWISE: N_("Its conditions come to another outcome here."),
    verify.NO_JSON: N_("It isn't a result file. Please send the file that “ballot open” wrote, as it is."),
    verify.OTHER_FORMAT: N_("It isn't a result file. Please send the file that “ballot open” wrote, as it is."),
    verify.REWRITTEN: N_("Something in the file was changed after “ballot open” wrote it."),
    verify.CHANGED: N_("Something in the file was changed after “ballot open” wrote it."),
}
"""What coordinators meet; everything else is a file that somebody made up, and is said in the words of verify.py."""


def option(view: View, text: str) -> str:
    """As it stands on a button."""
    return view._(text) if text in YES_NO_ABSTAIN else text


def condition(view: View, terms: Terms, one: Condition) -> str:
    share = f"{one.share.numerator}/{one.share.denominator}"
    words = _CONDITIONS[one.measure, one.base, one.is_strict]
    return view._(words).format(share=share, option=option(view, terms.options[0]))


def rule_lines(view: View, terms: Terms) -> list[Markup]:
    """What it takes to carry, and whether it binds."""
    bound = view._("Binding: what is decided here holds.")
    if not terms.is_binding:
        bound = view._("Advisory: the result advises the union and does not bind it.")
    lines = [Markup.escape(bound), Markup.escape(view._("It carries if:"))]
    return [*lines, *(Markup("• {}").format(condition(view, terms, one)) for one in terms.rule)]


def secrecy_lines(view: View, terms: Terms) -> list[Markup]:
    """What protects the vote, and what does not: it is said before the first vote."""
    key = terms.key
    protects = view._(
        "Your vote is sealed as soon as you put it in the box, and nobody can open it alone. After the "
        "close, {threshold} of the {trustees} trustees open the box together. The votes in it carry no names."
    ).format(threshold=key.threshold, trustees=key.trustees)
    limits = (
        seen_by_telegram(view),
        view._(
            "Whoever runs the bot could find out how you voted, but only together with {threshold} trustees. "
            "After the close they would also need a copy made before it, and the trustees' key shares."
        ).format(threshold=key.threshold),
        view._("If everyone votes the same way, the result shows how everyone voted."),
    )
    heading = Markup("<b>{}</b>").format(view._("What secrecy can't protect you from"))
    return [Markup("🔒 {}").format(protects), heading, *(Markup("• {}").format(one) for one in limits)]


def paper(view: View, row: Ballot, *, has_voted: bool) -> Markup:
    """What stands above the options: before the first vote, all that there is to know about it; afterwards, that it is
    in the box, which is the same whatever was chosen."""
    terms = row.as_said
    words = view._("You can vote until {moment}. Until then you can vote again: the last vote counts.")
    until = Markup.escape(words.format(moment=view.end(row.closes_at)))
    heading = Markup("🗳 <b>{}</b>\n").format(terms.question)
    if has_voted:
        said = view._("Your vote is in the box. If you saw no receipt, or want to change your vote, vote again.")
        return Markup("\n").join([heading, Markup("☑️ <b>{}</b>").format(said), until])
    lines = [heading, *rule_lines(view, terms), Markup(""), until, Markup(""), *secrecy_lines(view, terms)]
    return Markup("\n").join(lines)


def protocol(view: View, row: Ballot, voted: int | None) -> list[Markup]:
    """Turnout and protocol. `voted`: how many papers are voted on now, while it is open."""
    lines = [Markup("🗳 <b>{}</b> · {}").format(row.as_said.question, view._(STATES[row.state]))]
    lines.append(_labelled(view, N_("Closes"), view.end(row.closes_at)))
    lines.append(_labelled(view, N_("Key"), row.as_said.key.fingerprint))
    lines.append(_labelled(view, N_("Terms"), row.as_said.digest.hex()))
    if row.opened_at is not None:
        lines.append(_labelled(view, N_("Opened"), _pressed(view, row.opened_at, row.opened_by)))
    if row.state not in (State.PREPARED, State.FREEZING):
        people = view.plural("{n} person", "{n} people", row.roll_size).format(n=number(row.roll_size, view.language))
        lines.append(_labelled(view, N_("Roll"), _with_hash(view, people, row.roll_hash.hex())))
    if voted is not None:
        lines.append(_labelled(view, N_("Turnout"), turnout(view, voted, row.roll_size)))
    if row.closed_at is not None:
        lines.append(_labelled(view, N_("Closed"), _pressed(view, row.closed_at, row.closed_by, N_("automatically"))))
    if row.box_hash:
        lines.append(_labelled(view, N_("Box"), _with_hash(view, papers(view, row), row.box_hash)))
    if row.published_at is not None:
        by = _pressed(view, row.published_at, row.published_by, N_("on the command line"))
        lines.append(_labelled(view, N_("Published"), by))
    if row.state is State.NOT_OPENED:
        lines.append(Markup.escape(too_few(view)))
    return lines


def _labelled(view: View, label: str, value: str) -> Markup:
    return Markup(view._("{label}: {value}")).format(label=view._(label), value=value)


def _with_hash(view: View, count: str, digest: str) -> str:
    return view._("{count}, {hash}").format(count=count, hash=digest)


def _pressed(view: View, at: datetime, person_id: PersonId, nobody: str = N_("someone whose data was erased")) -> str:
    """When, and who pressed, by name where it is known: scrutineers may come from outside. `nobody`: what is said where
    nobody did."""
    name = nobody if person_id == NOBODY else N_("a coordinator")
    who = view.context.names.of(person_id) or view._(name)
    return view._("{moment}, {who}").format(moment=view.moment(at), who=who)


def turnout(view: View, voted: int, entitled: int) -> str:
    """ "at least 35 %": in steps, and only of enough people."""
    percent = turnouts.shown(voted, entitled)
    if percent is None:
        return view._("not shown: too few people are entitled to vote")
    return view._("at least {percent}%").format(percent=percent)


def papers(view: View, row: Ballot) -> str:
    """ "31 papers"."""
    count = row.cast or 0
    return view.plural("{n} ballot paper", "{n} ballot papers", count).format(n=number(count, view.language))


def too_few(view: View) -> str:
    said = view._(
        "The box was destroyed unopened: with fewer than {entitled} people entitled to vote, or fewer than "
        "{cast} votes, the result could show how someone voted."
    )
    return said.format(entitled=LEAST_ENTITLED, cast=LEAST_CAST)


def fault(view: View, said: str) -> str:
    """Why a result is not published."""
    if said in _FAULTS:
        return view._(_FAULTS[said])
    return view._("The file contradicts itself ({fault}).").format(fault=said)


def short_hash(text: str) -> str:
    return f"{text[:_HASH_SHOWN]}…"


def result(view: View, found: Result) -> Markup:
    """The result as everybody hears it."""
    terms = found.terms
    outcome = view._("✅ Carried") if found.is_carried else view._("❌ Not carried")
    bound = view._("binding") if terms.is_binding else view._("advisory")
    lines = [Markup("🗳 <b>{}</b>").format(terms.question), Markup("<b>{}</b> · {}").format(outcome, bound), Markup("")]
    shown = Markup(view._("{label}: {value}"))
    for name, count in bars(view, found):
        lines.append(shown.format(label=name, value=Markup("<b>{}</b>").format(number(count, view.language))))
    share = number(100 * found.cast / found.entitled, view.language, 1)
    took_part = view._("{cast} of {entitled} people entitled to vote took part ({percent}%).").format(
        cast=number(found.cast, view.language), entitled=number(found.entitled, view.language), percent=share
    )
    lines += [Markup(""), Markup.escape(took_part)]
    for one, is_met in zip(terms.rule, found.met, strict=True):
        lines.append(Markup("{} {}").format("✓" if is_met else "✗", condition(view, terms, one)))
    return Markup("\n").join(lines)


def bars(view: View, found: Result) -> Sequence[tuple[str, int]]:
    """The options with their counts, and what was no valid vote."""
    rows = [(option(view, name), count) for name, count in zip(found.terms.options, found.counts, strict=True)]
    return [*rows, (view._("invalid votes"), found.invalid)] if found.invalid else rows


def plain(said: Markup) -> str:
    """As it is printed: without tags, and without signs that the font of a report does not have."""
    text = html.unescape(_TAG.sub("", str(said)))
    return "".join(char for char in text if ord(char) < 0x2190 or 0x2E80 <= ord(char) <= 0xFFEF)


def how_to_check(view: View, row: Ballot, found: Result) -> Markup:
    """Below the file."""
    said = view._(
        "Anyone can recount it: put the file and verify.py in one folder and run “python verify.py {file}”. "
        "Compare the number of ballot papers and the SHA-256 of the box with what was announced at the close."
    )
    box = view._("Box: {papers}, SHA-256 {hash}").format(papers=papers(view, row), hash=row.box_hash)
    file = view._("This file: SHA-256 {hash}").format(hash=found.file_hash)
    return Markup("\n").join(map(Markup.escape, [said.format(file=file_name(row)), box, file]))


def file_name(row: Ballot) -> str:
    """Of the result."""
    return f"ballot-{row.id}-result.json"


def box_caption(view: View, row: Ballot) -> Markup:
    """Below the box: what it is, and what becomes of it."""
    key = row.as_said.key
    what = view._("The closed box: {papers}, SHA-256 {hash}").format(papers=papers(view, row), hash=row.box_hash)
    how = view._(
        "Take it to the trustees: {threshold} of the {trustees} open it together, on a computer of their own, with "
        "this command and their share files. Then send me the result file."
    ).format(threshold=key.threshold, trustees=key.trustees)
    shares = (
        " ".join(f"SHARE{number}" for number in range(1, key.threshold + 1)) if key.threshold <= _NAMED else "SHARES…"
    )
    command = f"python -m bot ballot open ballot-{row.id}-box.json {shares} --announced {row.box_hash}"
    return Markup("{}\n{}\n<code>{}</code>").format(what, how, command)
