"""Activities, for those who come."""

SIGN_UP = "✅ Sign up"
JOIN_WAITING_LIST = "⏳ Join the waiting list"
HAS_PLACE_NUMBER = "✅ You're signed up: sign-up no. {n}"
HAS_PLACE = HAS_PLACE_NUMBER.partition(":")[0]
START = "When does it start? Write it like “next Saturday 7 pm” or “28 Nov 19:00”, or choose a day."
