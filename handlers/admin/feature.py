"""Running the bot: the manifest."""

from __future__ import annotations

from handlers.admin import (
    audit,
    blocks,
    error_notices,
    exports,
    failed_deliveries,
    failed_updates,
    ready_answers,
    roles,
    settings,
    system,
)
from handlers.admin.blocks import OneOfUs
from handlers.admin.roles import RoleOfTheConfig
from handlers.chat.feature import AllFeatures, Feature, PersonalData, WatchedQueue
from handlers.chat.routes import Routes
from handlers.i18n.translations import N_
from storage.operations import queues, retention
from storage.operations import settings as kept_settings
from storage.operations.audited import OperationAction
from storage.people import blocks as kept_blocks
from storage.people import roles as kept_roles
from storage.people.audited import PeopleAction
from storage.people.blocks import NotBlocked


def register(routes: Routes, others: AllFeatures) -> None:
    audit.register(routes, others)
    system.register(routes, others.queues)
    exports.register(routes, others.exports)
    for part in (
        roles,
        blocks,
        settings,
        ready_answers,
        failed_deliveries,
        failed_updates,
        error_notices,
    ):
        part.register(routes)


FEATURE = Feature(
    name="admin",
    register=register,
    refusals={
        RoleOfTheConfig: N_("This role is set in the config file and can only be removed there."),
        OneOfUs: N_("They are staff. Remove their role first: /role"),
        NotBlocked: N_("They are no longer blocked."),
    },
    audit_details={
        PeopleAction.ROLE_GRANTED: (N_("{role} until {until}"), "{role}"),
        PeopleAction.ROLE_TAKEN: (
            N_("{role}: expired"),
            N_("{role}: its end has come"),
            N_("{role} until {until}"),
            "{role}",
        ),
        PeopleAction.PERSON_BLOCKED: (N_("{reason} (until {until})"),),
        PeopleAction.PERSON_LET_IN: (N_("expired"), N_("its end has come")),
        OperationAction.SETTING_CHANGED: (
            N_("{setting}: as in the config file"),
            N_("{setting}: without “{answer}”"),
            N_("{setting}: {before} → {after}"),
            N_("{setting}: “{answer}”"),
        ),
        OperationAction.EXPORTED: (N_("{export}, {number} rows: {reason}"), "{export}"),
        OperationAction.AUDIT_READ: ("{act}",),
    },
    audit_labels={
        PeopleAction.ROLE_GRANTED: N_("role given"),
        PeopleAction.ROLE_TAKEN: N_("role removed"),
        PeopleAction.PERSON_BLOCKED: N_("person blocked"),
        PeopleAction.PERSON_LET_IN: N_("person unblocked"),
        OperationAction.SETTING_CHANGED: N_("setting changed"),
        OperationAction.EXPORTED: N_("data exported"),
        OperationAction.AUDIT_READ: N_("audit log searched"),
    },
    personal_data=(
        PersonalData("roles", kept_roles.erase, N_("Roles"), kept_roles.copy_of),
        PersonalData("block", kept_blocks.erase, N_("Blocked"), kept_blocks.copy_of),
        PersonalData("settings", kept_settings.erase),
    ),
    retention=(retention.forget,),
    queues=(
        WatchedQueue("answers", N_("answers"), queues.unsent_answers),
        WatchedQueue("notices", N_("notices"), queues.due_deliveries(1)),
        WatchedQueue("reminders", N_("reminders"), queues.due_deliveries(2)),
        WatchedQueue("broadcasts", N_("broadcasts"), queues.due_deliveries(3)),
        WatchedQueue("set_aside", N_("undelivered"), queues.failed_deliveries),
    ),
)
