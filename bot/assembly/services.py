"""What handlers and the clock share: the context, the stations, the routes, the scheduler."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from bot.assembly.foundation import Foundation
from bot.assembly.telegram import Telegram
from bot.background.station_directory import StationDirectory
from bot.backup.daily import DailyBackups
from bot.config.sections import Geocoding
from bot.documents.writer import FileWriter
from bot.pictures.painter import PillowPainter
from bot.telegram.background_sender import BackgroundSender
from handlers import features
from handlers.chat.bundles import Bundles
from handlers.chat.context import AppContext
from handlers.chat.feature import Feature
from handlers.chat.ports import Geocoder, Ports
from handlers.chat.routes import Routes
from schedules.context import ClockContext
from schedules.job import Job
from schedules.scheduler import Scheduler
from storage.people.block_list import BlockList
from storage.scratch import Scratch

if TYPE_CHECKING:
    from bot.geocoding import GeopyGeocoder


@dataclass(frozen=True, slots=True)
class Extensions:
    """What the program is made of: its features and jobs, and a geocoder other than the config's."""

    features: Sequence[Feature]
    jobs: Sequence[Job]
    geocoder: Geocoder | None = None


@dataclass(frozen=True, slots=True)
class Services:
    directory: StationDirectory
    backups: DailyBackups
    scheduler: Scheduler
    context: AppContext
    routes: Routes
    geocoder: GeopyGeocoder | None
    """The one that the config names; it is closed with the program."""


def build_services(base: Foundation, telegram: Telegram, extensions: Extensions) -> Services:
    config, organisation = base.config, base.settings.current.value.organisation
    directory = StationDirectory(base.database, organisation.zone, organisation.country, base.clock)
    backups = DailyBackups(base.database, organisation.zone, base.staff, config.backup, base.clock, base.leader.leads)
    scheduler = _scheduler(base, directory, extensions)
    geocoder = _geocoder(config.geocoding) if config.geocoding.service else None
    context = AppContext(
        base.settings.current,
        base.staff,
        BlockList(base.database),
        base.database,
        directory,
        telegram.identity,
        Ports(
            painter=PillowPainter(),
            reports=FileWriter(),
            download_file=telegram.api.download,
            run_in_background=base.runner.run,
            start_backup=backups.ask,
            process=base.process,
            count_form_step=base.metrics.note_step,
            settings_editor=base.settings,
            bundles=Bundles(
                partial(Scratch, config.data.folder),
                BackgroundSender(telegram.courier, base.runner.stopping).send,
            ),
            geocoder=extensions.geocoder or geocoder,
        ),
    )
    routes = features.routes(extensions.features, context.settings.desks)
    return Services(directory, backups, scheduler, context, routes, geocoder)


def _geocoder(section: Geocoding) -> GeopyGeocoder:
    from bot.geocoding import GeopyGeocoder

    return GeopyGeocoder(section)


def _scheduler(base: Foundation, directory: StationDirectory, extensions: Extensions) -> Scheduler:
    context = ClockContext(
        base.settings.current,
        base.staff,
        directory.metres_to_nearest,
        base.config.log_file,
        features.retention(extensions.features),
    )
    return Scheduler(
        base.database,
        base.clock,
        base.leader.leads,
        partial(base.leader.writing, apart=True),
        context,
        extensions.jobs,
        base.errors.report,
        base.looks,
    )
