"""The values that every layer speaks; this package imports nothing else of mlaudit."""
