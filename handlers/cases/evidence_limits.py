"""How much evidence may be sent, in words: told before, and when there is no room left."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.chat.context import AppContext
from handlers.chat.talk import Talk
from handlers.i18n.translations import N_
from storage.cases.desks import EvidenceQuota
from storage.cases.files.evidence_quota import EvidenceFull, Full
from storage.cases.table import Case

_FULL: Mapping[Full, str] = {
    Full.CASE: N_(
        "I couldn't accept this file: the case is full (up to {files} files and {mb} MB in total). "
        "Everything else works as usual; please describe in words what the file shows."
    ),
    Full.PERSON: N_(
        "I couldn't accept this file: today's limit of {day} MB has been reached. Everything else works "
        "as usual; send it tomorrow, or describe in words what it shows."
    ),
    Full.DESK: N_(
        "I couldn't accept this file: there is no room for more files right now. Everything else works "
        "as usual; please describe in words what it shows, and keep the file."
    ),
}


def quota_of(context: AppContext, case: Case) -> EvidenceQuota:
    desk = context.settings.desks.get(case.desk)
    return desk.evidence if desk is not None else EvidenceQuota()


def room_words(talk: Talk, quota: EvidenceQuota) -> str:
    """How much may be sent."""
    return _filled(talk._("📎 Files: up to {files}, {mb} MB in total; 20 MB each, {day} MB a day."), quota)


def full_words(talk: Talk, full: EvidenceFull, quota: EvidenceQuota) -> str:
    return _filled(talk._(_FULL[full.what]), quota)


def _filled(said: str, quota: EvidenceQuota) -> str:
    return said.format(files=quota.case_files, mb=quota.case_bytes >> 20, day=quota.person_bytes >> 20)
