"""Surveys: closed questions to everybody whom a campaign is for."""
