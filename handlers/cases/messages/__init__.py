"""What is said in a case, between the person, the desk and the colleagues."""
