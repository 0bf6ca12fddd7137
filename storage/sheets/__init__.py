"""Tables in files of others: CSV and workbooks, read in bounded memory."""
