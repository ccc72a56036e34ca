"""Packages of others, each checked as if it were one service."""
