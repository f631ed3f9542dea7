"""What lies beside the captures: article lines, and the state, which can be thrown away and rebuilt."""
