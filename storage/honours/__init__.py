"""The register of honoured people: entries, the yearly survey of their situation, convalescence trips in turns."""
