package reporttable

import (
	"encoding/csv"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"disputecloser/cmd/disputectl/internal/sheet"
	"disputecloser/shared/report"
)

// WriteCSV writes every group, one a line: those of the cases that ended, and as waiting_… those of the unfinished ones,
// whose own columns are the last. Amounts are in minor units. A name that a spreadsheet would not leave as it is begins with
// an apostrophe.
func WriteCSV(w io.Writer, r *report.Report) error {
	out := csv.NewWriter(w)
	ended, waiting := columns(report.Tally{}), columns(report.Waiting{})
	_ = out.Write(slices.Concat([]string{"group", "name", "by", "currency"}, names(ended), names(waiting))) // Error reports it.
	for _, g := range Groups(r) {
		for _, row := range g.Rows {
			_ = out.Write(slices.Concat(cells(row.Key, g.ID), values(columns(row.Tally)), make([]string, len(waiting))))
		}
	}
	for _, g := range WaitGroups(r.Waits) {
		for _, row := range g.Rows {
			_ = out.Write(slices.Concat(cells(row.Key, "waiting_"+g.ID), make([]string, len(ended)), values(columns(row.Waiting))))
		}
	}
	out.Flush()
	return out.Error()
}

func cells(k report.Key, group string) []string {
	return []string{group, sheet.Cell(k.Name), string(k.By), sheet.Cell(k.Currency)}
}

// column is a number under its name.
type column struct {
	name  string
	value int64
}

// columns are the counts of a Tally or of Waiting, two columns each, under their names in JSON.
func columns(of any) []column {
	var all []column
	v := reflect.ValueOf(of)
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		count := v.Field(i).Interface().(report.Count)
		all = append(all, column{name, count.Cases}, column{name + "_amount", count.Amount})
	}
	return all
}

func names(columns []column) []string {
	var names []string
	for _, c := range columns {
		names = append(names, c.name)
	}
	return names
}

func values(columns []column) []string {
	var values []string
	for _, c := range columns {
		values = append(values, strconv.FormatInt(c.value, 10))
	}
	return values
}
