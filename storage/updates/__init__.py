"""What an update needs: who speaks, whether it was done, its answers."""
