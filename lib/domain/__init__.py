"""The nouns of the desk in plain Python: no I/O, no pandas, no SQL, no Streamlit."""
