"""The only room that speaks SQL; it turns driver errors into ours before anyone above sees them."""
