"""Foods of public databases, from their files. Files in, plain data out; no database."""
