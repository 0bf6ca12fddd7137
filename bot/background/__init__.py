"""What the leader does again and again beside the chats."""
