"""Draft agreements to comment on, in three versions."""

from __future__ import annotations

import io
from collections.abc import Sequence

import docx
from sqlalchemy.ext.asyncio import AsyncSession

from bot.sandbox.params import Upload
from handlers.campaigns.agreements.part import PART as AGREEMENT
from handlers.campaigns.agreements.part import agreement_part
from handlers.campaigns.all_parts import PARTS
from handlers.campaigns.commitments.part import PART as COMMITMENTS
from handlers.campaigns.commitments.part import commitments_part
from handlers.campaigns.connections import Connections, DemandShown
from handlers.campaigns.feature import campaigns_of
from handlers.chat.feature import Feature
from handlers.features import FEATURES
from handlers.i18n.translations import Translate
from storage.campaigns.agreements import publishing, reading, versions
from storage.campaigns.agreements.splitting import split
from storage.campaigns.ids import CampaignId, ClauseId, DemandId
from storage.disclosure import HIDDEN
from tests.support.simulator import Rider, Town

FIRST = {
    "en": """Collective agreement for delivery riders
Article 1 Rest breaks
After four hours of deliveries a rider may rest for 20 minutes.
Article 2 Heat
On days above 35 degrees each order brings one yuan more.
Article 3 Uniforms
Riders buy their own uniforms.
""",
    "zh_Hans": """外卖配送集体合同
第一条 休息
骑手每连续接单四小时，可休息二十分钟。
第二条 高温
高温天每单补贴一元。
第三条 工服
骑手自费购买工服。
""",
}
SECOND = {
    "en": FIRST["en"].replace("20 minutes", "30 minutes"),
    "zh_Hans": FIRST["zh_Hans"].replace("二十分钟", "三十分钟"),
}
THIRD = {
    "en": SECOND["en"].replace("Article 3 Uniforms\nRiders buy their own uniforms.\n", "")
    + "Article 3 Insurance\nThe platform insures every rider against accidents at work.\n",
    "zh_Hans": SECOND["zh_Hans"].replace("第三条 工服\n骑手自费购买工服。\n", "")
    + "第三条 保险\n平台为每名骑手购买职业伤害保险。\n",
}
CLAUSE_1 = {"en": "Article 1 Rest breaks", "zh_Hans": "第一条 休息"}


def word_file(text: str) -> bytes:
    """The text as a word processor keeps it, a paragraph a line."""
    document = docx.Document()
    for line in text.splitlines():
        document.add_paragraph(line)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


async def sends_file(rider: Rider, name: str, content: bytes) -> None:
    await rider.sends(document=rider.world.files.document(Upload(name, content)))


async def sends_version(coordinator: Rider, _: Translate, number: int, text: str, *, as_file: bool) -> None:
    """From the page of the draft, up to the preview."""
    await coordinator.presses(_("⬆ Send version {n}").format(n=number))
    await coordinator.hears_of(".docx")
    if as_file:
        await sends_file(coordinator, "agreement.docx", word_file(text))
    else:
        await coordinator.says(text)
    while _("✔ That's all") not in str((await coordinator.hears()).get("reply_markup")):
        continue  # coordinators are told of other things, too
    await coordinator.presses(_("✔ That's all"))
    await coordinator.hears_of(_("Version {n}, not published yet").format(n=number))


async def publishes(town: Town, coordinator: Rider, _: Translate, number: int, readers: str = "") -> None:
    """From the preview on, until everybody is told; to so many `readers`, as it stands on the button."""
    await coordinator.presses(_("📣 Publish …"))
    await coordinator.hears_of(
        _(
            "Publish version {n}? Everyone will be able to read it and comment on it, and it can't be changed any more."
        ).format(n=number)
    )
    await coordinator.presses(
        _("📣 Publish and tell {people}").format(people=readers or _("fewer than {n} people").format(n=5))
    )
    await coordinator.hears_of(_("✓ Version {n} is published.").format(n=number))
    await town.announces()


async def published(town: Town, campaign_id: CampaignId, text: str = FIRST["en"]) -> list[ClauseId]:
    """A version that everybody can read, without waiting for what people are told; its clauses in their order."""
    async with town.database.writing() as session:
        row = await versions.prepare(session, campaign_id, split(text))
        await publishing.publish(session, row.id, town.now, None)
        return [text.clause_id for text in await versions.texts_of(session, row.id)]


async def clauses_of(town: Town, campaign_id: CampaignId) -> list[ClauseId]:
    """Of the newest published version."""
    async with town.database.reading() as session:
        row = await versions.published(session, campaign_id)
        assert row is not None
        return [text.clause_id for text in await versions.texts_of(session, row.id)]


async def changes(town: Town, campaign_id: CampaignId) -> reading.Changes:
    """Of the newest published version."""
    async with town.database.reading() as session:
        row = await versions.published(session, campaign_id)
        assert row is not None
        return await reading.changes_of(session, row, await versions.texts_of(session, row.id))


DEMANDS = [DemandShown(DemandId(1), "A break at noon", 40), DemandShown(DemandId(2), "Shoes", HIDDEN)]


async def _demands_of(_session: AsyncSession, _campaign_id: CampaignId) -> Sequence[DemandShown]:
    return DEMANDS


async def _demand_words(_session: AsyncSession, demands: Sequence[DemandId]) -> Sequence[DemandShown]:
    return [one for one in DEMANDS if one.id in demands]


KNOWN = Connections(demands_of=_demands_of, demand_words=_demand_words)
"""Two demands, in every campaign."""


def with_campaigns(connections: Connections) -> Sequence[Feature]:
    """All features, with campaigns whose other parts know this."""
    others = [part for part in PARTS if part not in (AGREEMENT, COMMITMENTS)]
    made = campaigns_of((*others, agreement_part(connections), commitments_part(connections)))
    return [made if feature.name == made.name else feature for feature in FEATURES]
