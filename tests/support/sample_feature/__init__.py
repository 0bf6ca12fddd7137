"""A feature that lives only in the tests: tips that riders leave. No file outside of this folder knows it."""
