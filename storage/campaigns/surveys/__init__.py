"""Surveys: closed questions whose answers are counted and never kept."""
