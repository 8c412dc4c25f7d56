"""What is in data sets and what is wrong with them."""
