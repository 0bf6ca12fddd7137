"""The ids that Telegram gives to people, chats, messages and the topics of forums."""

from typing import NewType

PersonId = NewType("PersonId", int)
NOBODY = PersonId(0)
ChatId = NewType("ChatId", int)
NO_CHAT = ChatId(0)
"""Of a call that is for no chat, or for one that is not known yet."""
MessageId = NewType("MessageId", int)
"""Of a message in one chat; another chat may have the same."""
TopicId = NewType("TopicId", int)


def private_chat_of(person_id: PersonId) -> ChatId:
    """The chat of a person with the bot, to which Telegram gives the id of the person."""
    return ChatId(person_id)
