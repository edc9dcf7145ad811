"""Field maps: samples, drafts, previews, versions, suggestions and what a map remembers."""
