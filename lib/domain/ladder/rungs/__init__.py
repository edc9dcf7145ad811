"""The rules of the gates, one file a rung or two: what each looks at, and what makes it go stale by itself."""
