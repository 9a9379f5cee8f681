"""The rules that come with mlaudit; one rule = one module and its page of the same stem."""
