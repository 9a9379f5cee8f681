"""What mlaudit talks to: version control and code hosts."""
