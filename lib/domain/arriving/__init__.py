"""How deliveries come in by themselves or by hand, and what reading one found."""
