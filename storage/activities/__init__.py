"""Activities, sign-ups and reminders."""
