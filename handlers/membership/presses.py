"""The buttons of membership: each is made and routed by the same object."""

from __future__ import annotations

from handlers.chat.press import Press

AGREE = Press("joinagree", int)
DO_NOT_AGREE = Press("joinnot")
ASK_TO_WITHDRAW = Press("withdraw")
WITHDRAW = Press("withdrawnow")
BEGIN_ANSWER = Press("answer", int)

CARD = Press("card")
ASK_TO_LEAVE = Press("leave")
LEAVE = Press("leavenow")

TAKE = Press("review", int)
APPROVE = Press("rapprove", int)
BEGIN_REFUSAL = Press("rrefuse", int)
BEGIN_QUESTION = Press("rask", int)
RELEASE = Press("rrelease", int)
UNDO = Press("rundo", int)
TAKE_NEXT = Press("reviewnext")
SHOW_QUEUE_AGAIN = Press("reviews")

ASK_TO_UNCONSENT = Press("unconsent")
UNCONSENT = Press("unconsentnow")
