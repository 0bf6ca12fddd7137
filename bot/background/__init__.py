"""What the process does again and again beside the chats."""
