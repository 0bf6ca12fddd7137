"""Statistics, as pages of figures."""

MISSING_STATIONS = "🗺 Station gaps"
BY_HOUR = "⏰ By hour"
