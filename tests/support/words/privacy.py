"""What is stored about a person, and its end."""

STORED_PAGE = "stores about you"
ERASE = "🗑 Erase everything about me"
ERASE_PAGE = "Erase everything stored about you?"
YES_ERASE = "🗑 Yes, erase"
IS_SURE = "Are you sure? This takes effect immediately"
ERASE_PERMANENTLY = "🗑 Erase permanently"
ERASED = "Your data has been erased."
