"""Activities: lists, sign-up, reminders, and running them."""
