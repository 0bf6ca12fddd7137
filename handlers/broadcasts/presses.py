"""The buttons of broadcasts: each is made and routed by the same object."""

from __future__ import annotations

from handlers.chat.press import Press

CORRECT = Press("bcorrect", int)
WRITE_TO_ALL = Press("actwrite", int)
MUTE = Press("mute", str)
HAVE_READ = Press("haveread", int)

SEND = Press("bsend", int)
APPROVE = Press("bapprove", int)
LOOK = Press("blook", int)
PAUSE = Press("bpause", int)
RESUME = Press("bresume", int)
CANCEL = Press("bcancel", int)
RETRY = Press("bretry", int)
PICTURE = Press("bpicture", int)
ASK_TO_RECALL = Press("brecall", int)
RECALL = Press("brecallnow", int)

SWITCH_TOPIC = Press("topic", str)
