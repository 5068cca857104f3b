"""Histories of other apps, from and to their CSV files. Files in, plain data out; no database."""
