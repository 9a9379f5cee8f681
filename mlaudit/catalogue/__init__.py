"""Loads and validates the library tables that rule packs ship."""
