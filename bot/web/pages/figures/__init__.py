"""The statistics: a period in charts, held against others."""
