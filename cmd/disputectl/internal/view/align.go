package view

// AlignRight returns the table with the cells of some columns padded, so that their numbers stand below each other.
func AlignRight(t Table, columns ...int) Table {
	for _, column := range columns {
		alignRight(t, column)
	}
	return t
}

// Filled returns the table without the columns that have no values.
func Filled(t Table) Table { return filled(t) }
