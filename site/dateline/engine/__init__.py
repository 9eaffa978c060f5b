"""Tasks and traces -> only the work that differs. Knows nothing of news and imports nothing from dateline."""
