"""Help from riders nearby: the manifest."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.chat.feature import AllFeatures, Feature, PersonalData, PrivacyPart
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.i18n.translations import N_
from handlers.sos import calling, duty, following, helping, words
from storage.sos import calls, duties, going, reading
from storage.sos.audited import HelpAction
from storage.sos.duties import MembersVolunteer, NotOnDuty
from storage.sos.table import (
    CallOver,
    CallTaken,
    HelpingAlready,
    NobodyGoing,
    NoSuchCall,
    NotInCall,
    NotToldOfCall,
    TooManyCalls,
)


def register(routes: Routes, _others: AllFeatures) -> None:
    for part in (calling, duty, helping, following):
        part.register(routes)


async def _privacy_lines(talk: Talk) -> Sequence[str]:
    lines = []
    if await duties.until(talk.session, talk.person.id, talk.now) is not None:
        lines.append(talk._("your location as a volunteer on duty, until the end of your shift: /sos"))
    if await calls.open_of(talk.session, talk.person.id) is not None:
        lines.append(talk._("your call for help with your location, until it ends: /sos"))
    return lines


async def _warnings(talk: Talk) -> Sequence[str]:
    """What an erasure would end."""
    lines = []
    if await calls.open_of(talk.session, talk.person.id) is not None:
        lines.append(talk._("⚠️ Your call for help would end, and nobody would come to you because of it."))
    if await going.taken_by(talk.session, talk.person.id) is not None:
        lines.append(talk._("⚠️ You are going to somebody who has called for help; others would be asked instead."))
    return lines


async def _leave(talk: Talk) -> None:
    """Gives back the call to which they are going, and ends their own. What they have called still counts."""
    followers, own = await words.followers(talk), talk.person.id
    taken = await going.taken_by(talk.session, own)
    if taken is not None:
        metres = talk.context.settings.help_within
        await going.give_back(talk.session, taken.id, own, metres, followers, talk.now)
    called = await calls.open_of(talk.session, own)
    if called is not None:
        await calls.end_by_party(talk.session, called.id, own, followers, talk.now)
    lately = await calls.lately_of(talk.session, own, talk.now)

    async def count() -> None:
        talk.context.erased_calls.add(own, lately, talk.now)

    talk.committed.append(count)


FEATURE = Feature(
    name="sos",
    switch="sos",
    register=register,
    refusals={
        NoSuchCall: N_("This call for help is over."),
        CallOver: N_("The call for help has ended. Thank you."),
        CallTaken: N_("Somebody else is already going. Thank you."),
        NotToldOfCall: N_("This call for help was not for you."),
        NotInCall: N_("Only the caller or the person who is going can do that."),
        NobodyGoing: N_(
            "Nobody is going any more, and your call goes on. If somebody is with you and you are safe, end it: /sos"
        ),
        MembersVolunteer: N_("Only members of the union can volunteer to help. You can join here: /join"),
        NotOnDuty: N_("You are not on duty any more. To help, go on duty first: /sos"),
        HelpingAlready: N_("You are already going to somebody else."),
        TooManyCalls: N_("You have called for help too often within 24 hours. Please call the emergency numbers: /sos"),
    },
    audit_labels={
        HelpAction.HELP_CALLED: N_("help called for"),
        HelpAction.HELP_TAKEN: N_("call for help taken"),
        HelpAction.HELP_ARRIVED: N_("helper with the caller"),
        HelpAction.HELP_GIVEN_BACK: N_("call for help given back"),
        HelpAction.HELP_SENT_AWAY: N_("helper sent away"),
        HelpAction.HELP_WENT_BACK: N_("call for help gone back: no answer on the way"),
        HelpAction.HELP_UNANSWERED: N_("call for help unanswered"),
        HelpAction.HELP_ENDED: N_("call for help ended"),
        HelpAction.HELP_PLACE_SEEN: N_("call for help looked at"),
    },
    audit_details={action: (N_("call {id}"),) for action in HelpAction},
    personal_data=(
        PersonalData("sos_calls", reading.erase, N_("Calls for help"), reading.copy_of),
        PersonalData("sos_duties", duties.erase, N_("Volunteer on duty"), duties.copy_of),
    ),
    retention=(reading.forget,),
    privacy=PrivacyPart(lines=_privacy_lines, warnings=_warnings, leave=_leave),
    duties=following.duties,
    beyond_cancel=calling.beyond_cancel,
)
