"""Small passes, Program to Program, each with a name that says what it does; `pipeline` runs them."""
