"""The cells of the field maps page and its workbench."""
