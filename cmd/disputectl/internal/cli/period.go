package cli

import (
	"time"

	"github.com/spf13/cobra"

	"disputecloser/shared/closing"
)

// maxPeriod limits a period in days, because each is a query of its own: three years.
const maxPeriod = 1096

// PeriodFlags are the flags that choose a time in the past.
type PeriodFlags struct {
	Since    Span
	from, to string
}

// Period is a time in the past, from an instant to the end of the UTC day on which To is.
type Period struct {
	From, To time.Time
}

// AddPeriodFlags adds the flags of a period.
func AddPeriodFlags(cmd *cobra.Command, f *PeriodFlags) {
	cmd.Flags().Var(&f.Since, "since", "the last `TIME`, such as 7d or 12h")
	cmd.Flags().StringVar(&f.from, "from", "", "from the beginning of this UTC `DAY`, such as 2026-03-02")
	cmd.Flags().StringVar(&f.to, "to", "", "to the end of this UTC `DAY`; today if empty")
}

// Given reports whether any of the flags is set.
func (f PeriodFlags) Given() bool { return f.Since != 0 || f.from != "" || f.to != "" }

// Period returns the chosen period; the last days if no flag is set.
func (f PeriodFlags) Period(now time.Time, days int) (Period, error) {
	switch {
	case f.Since != 0 && (f.from != "" || f.to != ""):
		return Period{}, Fail(Misused, "use one or the other", "--since and --from or --to say two things")
	case f.to != "" && f.from == "":
		return Period{}, Fail(Misused, "name the first day with --from", "--to needs --from")
	case f.Since == 0 && f.from == "":
		f.Since = Span(time.Duration(days) * 24 * time.Hour)
	}
	p := Period{From: now.Add(-time.Duration(f.Since)), To: now}
	for _, end := range []struct {
		text string
		at   *time.Time
	}{{f.from, &p.From}, {f.to, &p.To}} {
		if end.text == "" {
			continue
		}
		day, err := time.Parse(time.DateOnly, end.text)
		if err != nil {
			return Period{}, Fail(Misused, "write it like 2026-03-02", "%q is not a day", end.text)
		}
		*end.at = day
	}
	if p.To.After(now) {
		p.To = now // Nothing has happened after today.
	}
	return p, p.check(now)
}

// check refuses a period in which nothing can have happened, and one that is too long.
func (p Period) check(now time.Time) error {
	first, last := p.first(), p.last()
	switch {
	case first.After(now):
		return Fail(Misused, "name a day in the past", "%s is in the future", closing.DayOf(first))
	case first.After(last):
		return Fail(Misused, "name the earlier day with --from", "%s is after %s", closing.DayOf(first), closing.DayOf(last))
	case last.Sub(first) >= maxPeriod*24*time.Hour:
		return Fail(Misused, "ask for less at a time", "the time is longer than %d days", maxPeriod)
	}
	return nil
}

func (p Period) first() time.Time { return p.From.UTC().Truncate(24 * time.Hour) }
func (p Period) last() time.Time  { return p.To.UTC().Truncate(24 * time.Hour) }

// Days are the UTC days of the period, the first of them perhaps in part.
func (p Period) Days() []closing.Day {
	var days []closing.Day
	for day := p.first(); !day.After(p.last()); day = day.AddDate(0, 0, 1) {
		days = append(days, closing.DayOf(day))
	}
	return days
}
