"""Runs a program in a child process and tells what was seen of it."""
