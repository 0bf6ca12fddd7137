"""/my: what is mine, on one screen; each feature has its part of it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from markupsafe import Markup

from handlers.chat.feature import AllFeatures, Feature
from handlers.chat.routes import Routes
from handlers.chat.rows import packed
from handlers.chat.subjects import Subject
from handlers.chat.talk import Talk
from handlers.i18n.translations import N_

_MINE = Subject(
    N_("🗂 My activities, cases and membership"),
    {
        "zh_Hans": "会员卡、会员号、我的报名、我的活动、我的案件、我的申请、我的名额、取消报名、进度、案件、会员编号、"
        "关闭通知、不要通知、别发通知、通知设置、关闭提醒、不要提醒、别提醒、提醒设置、提醒我",
        "en": "my card, membership card, member card, member number, my application, my case, my cases, my place, "
        "my activities, status, remind me, my reminders, turn off reminders, notifications",
    },
)


def register(routes: Routes, others: AllFeatures) -> None:
    ordered = sorted(others.features, key=lambda feature: feature.overview_order)
    about = N_("My activities, cases and membership")
    routes.command("my", partial(my, ordered), about=about, writes=False, subject=_MINE)


async def my(features: Sequence[Feature], talk: Talk) -> None:
    parts = [await feature.overview(talk) for feature in features if feature.overview is not None]
    text = Markup("\n\n").join(Markup(part.words) for part in parts if part.words)
    settings = [button for part in parts for button in part.settings]
    talk.say(text, [*(row for part in parts for row in part.buttons), *packed(settings, 2)] or None)


FEATURE = Feature(name="overview", register=register)
