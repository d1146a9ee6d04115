"""Setting the program up on a bare machine."""
