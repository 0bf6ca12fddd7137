"""The desks: bringing a case, talking in it, handling it."""
