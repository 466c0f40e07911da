"""Lessons: guided seminars in YAML, in which a prediction comes before every reveal. A teacher can write one.

Read `lesson` first (what a lesson is), then `file` (how one is read). The lessons that come with persim lie in `lessons/`.
"""
