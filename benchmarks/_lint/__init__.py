"""Systems of any number of services with code in them, and the tools that check them."""
