"""The buttons of broadcasts: each is made and routed by the same object."""

from __future__ import annotations

from handlers.chat.press import Press
from storage.activities.ids import ActivityId
from storage.broadcasts.ids import BroadcastId

CORRECT = Press("bcorrect", BroadcastId)
LOOK_AT_CORRECTION = Press("bcorrlook", BroadcastId)
APPROVE_CORRECTION = Press("bcorrok", BroadcastId, int)
DISCARD_CORRECTION = Press("bcorrno", BroadcastId, int)
DISCARD_CORRECTION_NOW = Press("bcorrnonow", BroadcastId, int)
WRITE_TO_ALL = Press("actwrite", ActivityId)
MUTE = Press("mute", str)
HAVE_READ = Press("haveread", BroadcastId)

SEND = Press("bsend", BroadcastId)
APPROVE = Press("bapprove", BroadcastId)
LOOK = Press("blook", BroadcastId)
PAUSE = Press("bpause", BroadcastId)
RESUME = Press("bresume", BroadcastId)
CANCEL = Press("bcancel", BroadcastId)
STOP = Press("bstop", BroadcastId)
SHOW = Press("bshow", BroadcastId)
BEGIN = Press("bnew")
BEGIN_WITH_THIS = Press("bthis")
"""Below a message of the bot that can be sent to many as it is."""
RETRY = Press("bretry", BroadcastId)
PICTURE = Press("bpicture", BroadcastId)
ASK_TO_RECALL = Press("brecall", BroadcastId)
RECALL = Press("brecallnow", BroadcastId)

SWITCH_TOPIC = Press("topic", str)
SHOW_TOPICS = Press("topics")
