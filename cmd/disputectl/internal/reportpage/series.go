package reportpage

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"disputecloser/shared/currency"
	"disputecloser/shared/report"
)

const (
	// mostBars is how many days are drawn one by one; more are drawn by month.
	mostBars = 62
	// mostMoney is how many currencies have a chart.
	mostMoney = 3
)

// chartsOf draws how cases ended, and what was conceded in the currencies of the most closes.
func chartsOf(r *report.Report) ([]chart, error) {
	if len(r.Days) == 0 {
		return nil, nil
	}
	x := axisOf(r)
	ends := bars{labels: x.labels, tick: func(n int64) string { return strconv.FormatInt(n, 10) }}
	for i, name := range endingNames {
		ends.series = append(ends.series, series{name, x.sum(r.Days, func(row report.Row) int64 { return endings(row.Tally)[i] })})
	}
	all := []chart{{Title: "How cases ended", Note: "cases " + x.per, bars: ends}}
	for _, code := range conceded(r) {
		money := bars{labels: x.labels, tick: func(n int64) string { return bare(n, code) }}
		money.series = []series{{"conceded", x.sum(r.Days, func(row report.Row) int64 {
			if row.Currency != code {
				return 0
			}
			return row.Closed.Amount
		})}}
		all = append(all, chart{Title: "Conceded", Note: strings.ToUpper(code) + " " + x.per, bars: money})
	}
	for i := range all {
		var err error
		if all[i].Drawn, err = all[i].bars.draw(); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// axis is the days of a report, or its months if there are many days.
type axis struct {
	labels []string
	per    string
	places map[string]int // by the beginning of a day's name
	length int            // of that beginning
}

func axisOf(r *report.Report) axis {
	var days []string
	for day, end := start(string(r.From)), start(string(r.To)); !day.After(end); day = day.AddDate(0, 0, 1) {
		days = append(days, day.Format(time.DateOnly))
	}
	x := axis{per: "per day", places: map[string]int{}, length: len(time.DateOnly)}
	if len(days) > mostBars {
		x.per, x.length = "per month", len("2006-01")
	}
	for _, day := range days {
		name := day[:x.length]
		if _, known := x.places[name]; known {
			continue
		}
		x.places[name] = len(x.labels)
		if x.per == "per day" {
			name = day[len("2006-"):]
		}
		x.labels = append(x.labels, name)
	}
	return x
}

// start is when a UTC day begins.
func start(day string) time.Time {
	t, _ := time.Parse(time.DateOnly, day) // A report's days are days.
	return t
}

// sum adds up the rows of days by their place on the axis.
func (x axis) sum(days []report.Row, of func(report.Row) int64) []float64 {
	values := make([]float64, len(x.labels))
	for _, row := range days {
		values[x.places[row.Name[:x.length]]] += float64(of(row))
	}
	return values
}

// conceded are the currencies of the most closes.
func conceded(r *report.Report) []string {
	rows := slices.DeleteFunc(slices.Clone(r.Currencies), func(row report.Row) bool { return row.Closed.Amount <= 0 })
	slices.SortStableFunc(rows, func(a, b report.Row) int { return cmp.Compare(b.Closed.Cases, a.Closed.Cases) })
	var codes []string
	for _, row := range rows[:min(len(rows), mostMoney)] {
		codes = append(codes, row.Currency)
	}
	return codes
}

// bare is an amount in the major unit without its currency, or in the minor unit of a currency that is not known.
func bare(amount int64, code string) string {
	if _, known := currency.Lookup(code); !known {
		return strconv.FormatInt(amount, 10)
	}
	return strings.TrimSuffix(currency.Text(amount, code), " "+strings.ToUpper(code))
}
