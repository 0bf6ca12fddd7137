"""Builds the objects of the running program, each complete when it is made; bot/app.py starts and stops them."""
