"""One renderer per file; they see only the model."""
