"""The road of a load: translate, validate, classify, stage, settle, commit, undo."""
