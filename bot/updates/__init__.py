"""Updates on their way in: taken, admitted, handled, answered, and noted so that none is lost."""
