# Downloaded tables: the link to one, and the heads of columns that many of them have.
table-download = Download as a table (CSV, at most 10,000 lines)
