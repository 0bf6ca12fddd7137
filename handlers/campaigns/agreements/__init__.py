"""The draft agreement in the chat: riders read and comment on it, coordinators bring it and answer."""
