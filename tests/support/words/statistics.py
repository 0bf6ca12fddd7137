"""Statistics, as pages of figures."""

MISSING_STATIONS = "🗺 Missing stations"
BY_HOUR = "⏰ By hour"
