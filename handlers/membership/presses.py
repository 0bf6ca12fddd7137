"""The buttons of membership: each is made and routed by the same object."""

from __future__ import annotations

from handlers.chat.press import Press
from storage.membership.ids import ApplicationId

AGREE = Press("joinagree", int)
DO_NOT_AGREE = Press("joinnot")
ASK_TO_WITHDRAW = Press("withdraw")
WITHDRAW = Press("withdrawnow")
BEGIN_ANSWER = Press("answer", ApplicationId)

CARD = Press("card")
ASK_TO_LEAVE = Press("leave")
LEAVE = Press("leavenow")
KEEP = Press("keepmembership")

TAKE = Press("review", ApplicationId)
APPROVE = Press("rapprove", ApplicationId)
BEGIN_REFUSAL = Press("rrefuse", ApplicationId)
BEGIN_QUESTION = Press("rask", ApplicationId)
RELEASE = Press("rrelease", ApplicationId)
UNDO = Press("rundo", ApplicationId)
TAKE_NEXT = Press("reviewnext")
SHOW_QUEUE_AGAIN = Press("reviews")

ASK_TO_UNCONSENT = Press("unconsent")
UNCONSENT = Press("unconsentnow")
