"""What belongs to everybody who writes to the bot, and /privacy: the manifest."""

from __future__ import annotations

from handlers.chat.feature import AllFeatures, Feature, PersonalData
from handlers.chat.routes import Routes
from handlers.i18n.translations import N_
from handlers.privacy import privacy
from storage import audit, dialogues
from storage.deliveries import announcements
from storage.deliveries import retention as delivery_retention
from storage.people import people
from storage.privacy import consents
from storage.privacy.audited import PrivacyAction


def register(routes: Routes, others: AllFeatures) -> None:
    privacy.register(routes, others.features)


FEATURE = Feature(
    name="privacy",
    register=register,
    audit_labels={
        PrivacyAction.PERSON_ERASED: N_("someone erased their data"),
    },
    personal_data=(
        PersonalData("consents", consents.erase, N_("What you agreed to"), consents.copy_of),
        PersonalData("dialogue", dialogues.close, N_("Unfinished form"), dialogues.copy_of),
        PersonalData("announcements", announcements.erase),
        PersonalData("messages", delivery_retention.erase, N_("Messages to you"), delivery_retention.copy_of),
        PersonalData("audit", audit.erase, N_("What was done with your data or rights"), audit.copy_of),
        PersonalData("person", people.erase, N_("About you"), people.copy_of),
    ),
)
