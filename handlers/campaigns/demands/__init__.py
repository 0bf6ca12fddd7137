"""Demands: riders bring and rank them, coordinators look at them, everybody reads what became of them."""
