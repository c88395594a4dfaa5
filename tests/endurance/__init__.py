"""What takes many rounds to prove: promotions that are killed, again and again, at moments that nobody chose."""
