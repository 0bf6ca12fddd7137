"""Days, times, lengths and repetitions as people write them, in Chinese and English: read, and put into words."""
