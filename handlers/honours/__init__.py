"""/honours: the register, the survey of the situation, convalescence trips; nominations are a desk of the cases."""
