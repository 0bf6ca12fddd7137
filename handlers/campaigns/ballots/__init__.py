"""The secret ballot in the chat: riders' papers, the coordinators' page, the scrutineers' view, and the result."""
